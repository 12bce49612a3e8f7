import { DataError, refuse } from '@ds/checks';

/**
 * A file: its path in Node, its address, or its content. In a browser, a text is an address.
 */
export type SafetensorsSource = string | URL | ArrayBuffer | Uint8Array | Blob;

/** @throws ConfigError if a value is none of {@link SafetensorsSource}. */
export function requireSource(op: string, name: string, value: unknown): void {
  const isContent = [URL, ArrayBuffer, Uint8Array, Blob].some((one) => value instanceof one);
  if (isContent || (typeof value === 'string' && value !== '')) return;
  refuse(op, name, 'be a path, a URL, an ArrayBuffer, a Uint8Array or a Blob', value);
}

/**
 * Reads the bytes of a source.
 *
 * @throws DataError if the file is missing, or cannot be read.
 */
export async function readBytes(op: string, file: SafetensorsSource): Promise<Uint8Array> {
  if (file instanceof Uint8Array) return file;
  if (file instanceof ArrayBuffer) return new Uint8Array(file);
  if (file instanceof Blob) return new Uint8Array(await file.arrayBuffer());
  const disk = fileSystem();
  if (disk && !/^(https?|data|blob):/i.test(`${file}`)) {
    const path = typeof file === 'string' && file.startsWith('file:') ? new URL(file) : file;
    return disk.readFile(path).catch((error) => unreadable(op, `${file}`, error.message, error));
  }
  const response = await fetch(file).catch((error) =>
    unreadable(op, `${file}`, (error as Error).message, error),
  );
  if (!response.ok) unreadable(op, `${file}`, `status ${response.status}`);
  return new Uint8Array(await response.arrayBuffer());
}

/** The functions of Node's `fs/promises` in use. A user of the types needs no `@types/node`. */
interface FileSystem {
  readFile(path: string | URL): Promise<Uint8Array>;
  writeFile(path: string | URL, data: Uint8Array): Promise<void>;
}

/** Node's file system, or `undefined` in a browser. */
export function fileSystem(): FileSystem | undefined {
  if (typeof process === 'undefined') return undefined;
  return process.getBuiltinModule?.('node:fs').promises;
}

function unreadable(op: string, file: string, reason: string, cause?: unknown): never {
  throw new DataError(`${op}: file must be readable, got ${file}: ${reason}`, { cause });
}
