import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { ConfigError, DataError, readWasm, requireWasmSource } from '../src/index.js';

/** The smallest WebAssembly module. */
const EMPTY = new Uint8Array([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]);

/** A module with the mark of a build in its last section. */
const marked = (build: string) =>
  new Uint8Array([...EMPTY, 0, 14, 5, ...Buffer.from(`build${build}`)]);

const read = (source: string | URL | BufferSource) =>
  readWasm('load', () => source, 'abcdef12', 'Copy it.');

afterEach(() => vi.unstubAllGlobals());

describe('readWasm', () => {
  it('returns bytes as they are, also in the middle of a buffer', async () => {
    expect(await read(EMPTY)).toBe(EMPTY);
    const view = new DataView(new Uint8Array([9, ...EMPTY]).buffer, 1);
    expect(await read(view)).toBe(view);
    await expect(read(new Uint8Array(8))).rejects.toThrow(
      new DataError('load: the given bytes are not a WebAssembly module. Copy it.'),
    );
  });

  it('refuses the module of another build, and takes one without a mark', async () => {
    expect(await read(marked('abcdef12'))).toHaveLength(24);
    await expect(read(marked('abcdef13'))).rejects.toThrow(
      new DataError(
        'load: the given bytes are of another version of the package ' +
          '(build abcdef13, must be abcdef12). Copy it.',
      ),
    );
    // The mark is a section of a valid module.
    const module = new WebAssembly.Module(marked('abcdef12'));
    const [section] = WebAssembly.Module.customSections(module, 'build');
    expect(Buffer.from(section!).toString()).toBe('abcdef12');
  });

  it('reads files, and reports those that are missing', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'wasm-'));
    try {
      const url = pathToFileURL(path.join(folder, 'a.wasm'));
      await expect(read(url)).rejects.toThrow(
        new RegExp(`^load: ${url} cannot be read \\(ENOENT.*\\)\\. Copy it\\.$`),
      );
      await writeFile(url, EMPTY);
      for (const one of [url, url.href]) {
        const bytes = (await read(one)) as Uint8Array;
        expect([...bytes]).toEqual([...EMPTY]);
      }
    } finally {
      await rm(folder, { recursive: true });
    }
  });

  it('fetches in browsers, and ignores the media type of a right file', async () => {
    const answers: Record<string, Response> = {
      'http://here/a.wasm': new Response(EMPTY, { headers: { 'content-type': 'text/plain' } }),
      'http://here/b.wasm': new Response(null, { status: 404 }),
      'http://here/c.wasm': new Response('<!doctype html>', {
        headers: { 'content-type': 'text/html' },
      }),
    };
    vi.stubGlobal('location', { href: 'http://here/app/page.html' });
    vi.stubGlobal('fetch', async (url: URL) => answers[url.href]);
    expect([...new Uint8Array((await read('/a.wasm')) as ArrayBuffer)]).toEqual([...EMPTY]);
    await expect(read('../b.wasm')).rejects.toThrow(
      new DataError('load: http://here/b.wasm cannot be read (status 404). Copy it.'),
    );
    await expect(read('/c.wasm')).rejects.toThrow(
      new DataError(
        'load: http://here/c.wasm is not a WebAssembly module, but text/html. Copy it.',
      ),
    );
  });

  it('reports a relative URL outside of a page, and a bundle without import.meta.url', async () => {
    await expect(read('./a.wasm')).rejects.toThrow(
      "load: the WebAssembly module was not found, since './a.wasm' is not an absolute URL. Copy it.",
    );
    const locate = () => new URL('a.wasm', undefined as unknown as string);
    await expect(readWasm('load', locate, 'abcdef12', 'Copy it.')).rejects.toThrow(
      'load: the WebAssembly module was not found, since the bundle has no import.meta.url. Copy it.',
    );
  });
});

it('requireWasmSource takes URLs and bytes only', () => {
  for (const right of ['/a.wasm', new URL('http://here/'), EMPTY, EMPTY.buffer]) {
    expect(() => requireWasmSource('load', 'module', right)).not.toThrow();
  }
  for (const wrong of ['', 3, null, [0, 1], {}]) {
    expect(() => requireWasmSource('load', 'module', wrong)).toThrow(ConfigError);
  }
});
