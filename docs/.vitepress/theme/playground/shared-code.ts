/** What an address contains before the program. */
export const HASH_KEY = '#code=';

/** The longest program that a link may hold, in bytes of UTF-8. */
export const MAX_LENGTH = 50_000;

/**
 * Writes a program as the hash of a link: compressed by DEFLATE, in base64 for URLs. A browser does
 * not send the hash to a server.
 */
export async function hashOf(program: string): Promise<string> {
  const bytes = new TextEncoder().encode(program);
  const deflated = await collected(bytes, new CompressionStream('deflate-raw'));
  return hashOfDeflated(String.fromCharCode(...deflated));
}

/** Writes compressed bytes, each as a character, as the hash of a link. */
export function hashOfDeflated(binary: string): string {
  const base64 = btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '');
  return `${HASH_KEY}${base64}`;
}

/**
 * Reads the program in the hash of a link. `null` if the hash has none.
 *
 * @throws Error if the link is damaged or too long
 */
export async function programIn(hash: string): Promise<string | null> {
  if (!hash.startsWith(HASH_KEY)) return null;
  const base64 = hash.slice(HASH_KEY.length).replaceAll('-', '+').replaceAll('_', '/');
  try {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const inflated = await collected(bytes, new DecompressionStream('deflate-raw'), MAX_LENGTH);
    return new TextDecoder('utf-8', { fatal: true }).decode(inflated);
  } catch (error) {
    const reason = error instanceof RangeError ? error.message : 'it is damaged or incomplete';
    throw new Error(`The program in this link cannot be read: ${reason}.`);
  }
}

/** Sends bytes through a stream, and collects what comes out, up to a limit. */
async function collected(
  bytes: Uint8Array<ArrayBuffer>,
  through: GenericTransformStream,
  limit = Number.POSITIVE_INFINITY,
): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  let length = 0;
  const stream = new Blob([bytes]).stream().pipeThrough(through) as ReadableStream<Uint8Array>;
  const reader = stream.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    length += read.value.length;
    if (length > limit) {
      await reader.cancel();
      throw new RangeError(`it has more than ${limit.toLocaleString('en')} bytes`);
    }
    parts.push(read.value);
  }
  const all = new Uint8Array(length);
  let place = 0;
  for (const part of parts) {
    all.set(part, place);
    place += part.length;
  }
  return all;
}
