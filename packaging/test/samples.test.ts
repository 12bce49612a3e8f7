import { readdirSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lacksWebGpu } from '@ds/testing/backends';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { publishedPackages, ROOT, run } from '../src/published-packages.js';
import { isAsSaid, samplesOf, untested } from '../src/samples.js';

/** The samples run inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.samples', import.meta.url));

/** Pages with samples: READMEs, and the pages of the site that are not generated from them. */
const pages = [
  'README.md',
  ...publishedPackages().map(({ folder }) => path.relative(ROOT, path.join(folder, 'README.md'))),
  ...['.', 'guide', 'theory', 'contribute', 'poolings'].flatMap((folder) =>
    readdirSync(path.join(ROOT, 'docs', folder))
      .filter(
        (name) =>
          name.endsWith('.md') &&
          !['backends.md', 'experiments.md', 'results.md', 'speed.md'].includes(name),
      )
      .map((name) => path.join('docs', folder, name)),
  ),
].map((page) => page.replaceAll(path.sep, '/'));

describe.each(pages)('%s', async (page) => {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const samples = samplesOf(text);
  const folder = path.join(made, page.replaceAll(/\W/g, '-'));
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    for (const { file, code } of samples) if (file) await writeFile(path.join(folder, file), code);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('leaves no code untested', () => {
    expect(untested(text)).toEqual([]);
    if (!/^(packages|README)/.test(page)) return;
    expect(text).toMatch(/npm install @ds\/\w+ /);
    expect(samples.flatMap(({ expected }) => expected).length).toBeGreaterThan(0);
    expect(text).toMatch(/^\|[^|]*(export|package)/m);
  });

  // Without a hardware or software GPU, samples for WebGPU cannot run.
  const canRun = ({ code }: { code: string }) => !(lacksWebGpu && code.includes("'webgpu'"));
  it.each(
    samples
      .filter((sample) => !sample.file && canRun(sample))
      .map((sample, i) => ({ ...sample, i })),
  )('sample $i prints what it says', async ({ code, expected, i }) => {
    const own = path.join(folder, `${i}.js`);
    await writeFile(own, code);
    const { stdout } = await run(process.execPath, [own], folder);
    const printed = lines(stdout);
    expect(printed).toHaveLength(expected.length);
    printed.forEach((line, k) => {
      expect(isAsSaid(line, expected[k]!), `${line} for ${expected[k]}`).toBe(true);
    });
  });
});

/** The printed lines, without tfjs's advice to install its Node backend. */
function lines(stdout: string): string[] {
  const all = stdout.split('\n').map((line) => line.trim());
  return all.slice(all.lastIndexOf('============================') + 1).filter(Boolean);
}
