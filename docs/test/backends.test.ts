import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { measureBackend } from '../backends/measure.mjs';

interface Found {
  columns: Record<string, { results?: unknown[] }>;
}

describe('the page on backends', async () => {
  const file = new URL('../backends/found.json', import.meta.url);
  const { columns } = JSON.parse(await readFile(file, 'utf8')) as Found;

  it.each(['cpu', 'wasm'])('matches a new measurement on %s', async (name) => {
    expect(await measureBackend(name)).toEqual(columns[name]!.results);
  });

  it('has WebGL and WebGPU too', () => {
    for (const name of ['webgl', 'webgpu']) {
      expect(columns[name]!.results).toHaveLength(columns.cpu!.results!.length);
    }
  });
});
