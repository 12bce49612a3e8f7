import { DataError } from '@ds/checks';
import { readChecked } from './read-checked.js';

/**
 * Reads a text file: UTF-8, or UTF-16 with a byte order mark, as Excel and PowerShell write it. The
 * mark is removed.
 *
 * @throws DataError that names the file, and the first line with invalid bytes.
 */
export async function readText(op: string, file: string, expected: string): Promise<string> {
  const bytes = await readChecked(op, file, expected);
  const coding = codingOf(bytes);
  try {
    const text = new TextDecoder(coding, { fatal: true }).decode(bytes);
    const zero = text.indexOf('\0');
    if (zero < 0) return text;
    throw new DataError(
      `${op}: ${file} must be text, got a zero byte on line ${lineAt(text, zero)}; ` +
        'save it as UTF-8',
    );
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    const text = new TextDecoder(coding).decode(bytes);
    const line = lineAt(text, text.indexOf('\uFFFD'));
    throw new DataError(
      `${op}: ${file} must be ${coding}, got other bytes on line ${line}; save it as UTF-8`,
      { cause: error },
    );
  }
}

function codingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function lineAt(text: string, at: number): number {
  return text.slice(0, at).split('\n').length;
}
