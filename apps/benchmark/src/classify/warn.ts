import { visibleText } from '../text/visible-text.js';

/** Prints a note of a loader. */
export function warn(note: string): void {
  process.stderr.write(`${visibleText(note)}\n`);
}
