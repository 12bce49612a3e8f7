import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const docs = fileURLToPath(new URL('..', import.meta.url));
/** Inside the package, so that its imports are those of a reader who installed what a page says. */
const made = path.join(docs, 'node_modules', '.samples');

/** Pages of a folder. */
async function pagesIn(folder: string): Promise<string[]> {
  const names = await readdir(path.join(docs, folder));
  return names.filter((name) => name.endsWith('.md')).map((name) => `${folder}/${name}`);
}

/** Every block marked `js run` of every page, by page and number. */
async function samples(): Promise<{ name: string; code: string }[]> {
  const found: { name: string; code: string }[] = [];
  for (const page of [
    'index.md',
    'start.md',
    ...(await pagesIn('guide')),
    ...(await pagesIn('theory')),
    ...(await pagesIn('contribute')),
  ]) {
    const text = await readFile(path.join(docs, page), 'utf8');
    [...text.matchAll(/```js run\n([\s\S]*?)```/g)].forEach(([, code], i) => {
      found.push({ name: `${page} ${i + 1}`, code: code! });
    });
  }
  return found;
}

/** What a page says one should see. */
const SHOWN: Record<string, RegExp> = {
  'start.md 1': /\[ 1, 10 \] \[ 2, 2 \]/,
  'start.md 2': /wasm (relaxed-)?simd/,
  'guide/freezing.md 1': /true/,
  'guide/swap-strides.md 1': /strides: \[ [\d.]+, [\d.]+ \]/,
};

describe('the samples of the site', async () => {
  beforeAll(() => mkdir(made, { recursive: true }));
  afterAll(() => rm(made, { recursive: true, force: true }));
  const all = await samples();

  it('are those whose output is known', () => {
    expect(all.map(({ name }) => name).sort()).toEqual(Object.keys(SHOWN).sort());
  });

  it.each(all)('$name runs and prints what the page says', async ({ name, code }) => {
    const file = path.join(made, `${name.replaceAll(/\W/g, '-')}.mjs`);
    await writeFile(file, code);
    const { stdout } = await promisify(execFile)(process.execPath, [file]);
    expect(stdout).toMatch(SHOWN[name]!);
  });
});
