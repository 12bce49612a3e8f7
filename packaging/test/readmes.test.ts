import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, run } from '../src/published-packages.js';
import { isAsSaid, samplesOf } from '../src/samples.js';

/** Inside this package, whose dependencies are all packages and tfjs. */
const made = fileURLToPath(new URL('../node_modules/.samples', import.meta.url));

describe.each(publishedPackages())('the README of $manifest.name', async ({ folder, manifest }) => {
  beforeAll(() => mkdir(made, { recursive: true }));
  afterAll(() => rm(made, { recursive: true, force: true }));
  const readme = await readFile(path.join(folder, 'README.md'), 'utf8');
  const samples = samplesOf(readme);

  it('says how to install, shows an example with what it prints, and lists the exports', () => {
    expect(readme).toContain(`npm install ${manifest.name} `);
    expect(samples.flatMap(({ expected }) => expected).length).toBeGreaterThan(0);
    expect(readme).toMatch(/^\|[^|]*export/m);
  });

  it.each(samples.map((sample, i) => ({ ...sample, i })))(
    'example $i prints what it says',
    async ({ code, expected, i }) => {
      const file = path.join(made, `${path.basename(folder)}-${i}.mjs`);
      await writeFile(file, code);
      const { stdout } = await run(process.execPath, [file], made);
      const printed = stdout.trim() === '' ? [] : lines(stdout);
      expect(printed).toHaveLength(expected.length);
      printed.forEach((line, k) => {
        expect(isAsSaid(line, expected[k]!), `${line} for ${expected[k]}`).toBe(true);
      });
    },
  );
});

/** Printed lines, tfjs's advice to install its Node backend apart. */
function lines(stdout: string): string[] {
  const own = stdout.split('\n').map((line) => line.trim());
  const end = own.lastIndexOf('============================');
  return own.slice(end + 1).filter((line) => line !== '');
}
