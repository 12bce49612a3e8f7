import { DataError } from './errors.js';
import { refuse } from './refuse.js';

/** A WebAssembly module: the URL of its file, or its bytes. */
export type WasmSource = string | URL | BufferSource;

/** @throws ConfigError if a value is neither a URL nor bytes. */
export function requireWasmSource(fn: string, name: string, value: unknown): void {
  if ((typeof value === 'string' && value) || value instanceof URL || isBytes(value)) return;
  refuse(fn, name, 'be the URL or the bytes of a WebAssembly module', value);
}

/**
 * Reads a WebAssembly module, from the file system or over the network. It imports no module of
 * Node, so bundlers for browsers accept it. It ignores the media type of a response.
 *
 * @param fn the function that the user called.
 * @param locate returns the module. A relative URL is relative to the page or the worker. The
 *   function may throw, as `new URL(…, import.meta.url)` does in a bundle without `import.meta`.
 * @param build the mark that `scripts/stamp-wasm.mjs` gave the module. A module without a mark is
 *   taken, since tools may remove it.
 * @param remedy what the user can do if there is no such module. It ends the message of an error.
 * @throws DataError if there is no URL, no file, no WebAssembly in it, or the module of another
 *   build.
 */
export async function readWasm(
  fn: string,
  locate: () => WasmSource,
  build: string,
  remedy: string,
): Promise<BufferSource> {
  const fail = (what: string, cause?: unknown): never => {
    throw new DataError(`${fn}: ${what}. ${remedy}`, { cause });
  };
  let source: URL | BufferSource;
  let why = 'since the bundle has no import.meta.url';
  try {
    const found = locate();
    why = `since '${found}' is not an absolute URL`;
    source = isBytes(found) ? found : new URL(found, globalThis.location?.href);
  } catch (error) {
    return fail(`the WebAssembly module was not found, ${why}`, error);
  }
  const ofBuild = (bytes: BufferSource, what: string) => {
    const found = buildOf(bytes);
    if (found === undefined || found === build) return bytes;
    return fail(`${what} of another version of the package (build ${found}, must be ${build})`);
  };
  if (isBytes(source)) {
    if (!isWasm(source)) fail('the given bytes are not a WebAssembly module');
    return ofBuild(source, 'the given bytes are');
  }
  let bytes: BufferSource;
  let type: string | null = null;
  try {
    const files = source.protocol === 'file:' && fileSystem();
    if (files) bytes = await files.readFile(source);
    else {
      const response = await fetch(source);
      if (!response.ok) throw new Error(`status ${response.status}`);
      type = response.headers.get('content-type');
      bytes = await response.arrayBuffer();
    }
  } catch (error) {
    return fail(`${source} cannot be read (${(error as Error).message})`, error);
  }
  if (!isWasm(bytes)) fail(`${source} is not a WebAssembly module${type ? `, but ${type}` : ''}`);
  return ofBuild(bytes, `${source} is`);
}

function isBytes(value: unknown): value is BufferSource {
  return value instanceof ArrayBuffer || ArrayBuffer.isView(value);
}

function bytesOf(source: BufferSource): Uint8Array {
  return ArrayBuffer.isView(source)
    ? new Uint8Array(source.buffer, source.byteOffset, source.byteLength)
    : new Uint8Array(source);
}

/** Whether bytes begin as every WebAssembly module does. */
function isWasm(source: BufferSource): boolean {
  const bytes = bytesOf(source);
  return [0, 0x61, 0x73, 0x6d].every((byte, i) => bytes[i] === byte);
}

/** The mark in the last section of a module: 0, two lengths, `build`, and eight digits. */
function buildOf(source: BufferSource): string | undefined {
  const end = String.fromCharCode(...bytesOf(source).slice(-16));
  return /^\W{3}build([\da-f]{8})$/.exec(end)?.[1];
}

/** The file system of Node, Deno or Bun. Undefined in browsers. */
function fileSystem() {
  return globalThis.process?.getBuiltinModule?.('node:fs/promises');
}
