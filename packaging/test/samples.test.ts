import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lacksWebGpu } from '@ds/testing/backends';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, run } from '../src/published-packages.js';
import { isAsSaid, javascriptOf, samplePages, samplesOf, untested } from '../src/samples.js';

/** The samples run inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.samples', import.meta.url));

describe.each(samplePages())('%s', async (page) => {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const samples = samplesOf(text);
  const folder = path.join(made, page.replaceAll(/\W/g, '-'));
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    for (const sample of samples) {
      if (sample.file) await writeFile(path.join(folder, sample.file), await javascriptOf(sample));
    }
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
  )('sample $i prints what it says', async ({ i, ...sample }) => {
    const own = path.join(folder, `${i}.js`);
    await writeFile(own, await javascriptOf(sample));
    const { stdout } = await run(process.execPath, [own], folder);
    const printed = lines(stdout);
    const { expected } = sample;
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
