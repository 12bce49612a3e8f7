import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Tensor, Variable } from '@tensorflow/tfjs';
import { afterAll, describe, expect, it } from 'vitest';
import { makePictures } from '../src/guide-data.js';
import { ROOT } from '../src/published-packages.js';
import { runCommandLines } from '../src/run-command-lines.js';
import { commandsOf, kitSamples, samplesOf } from '../src/samples.js';

/** The files lie inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.new-pooling', import.meta.url));
/** The module is in the folder of a clone that has the packages. */
const play = path.join(made, 'play');
const CLI = path.join(ROOT, 'apps/benchmark/dist/cli.js');

const page = await readFile(path.join(ROOT, 'docs/contribute/new-pooling.md'), 'utf8');
await mkdir(play, { recursive: true });
await writeFile(path.join(made, 'package.json'), '{"type":"module"}');
for (const { file, code } of samplesOf(page)) {
  if (file?.endsWith('.mjs')) await writeFile(path.join(play, file), code);
}
afterAll(() => rm(made, { recursive: true, force: true }));

describe('the pooling with a learned parameter', async () => {
  const kits = kitSamples(page);
  for (const [i, { code }] of kits.entries()) {
    const file = path.join(play, `kit-${i}.mjs`);
    await writeFile(file, code);
    await import(pathToFileURL(file).href);
  }

  it('is in the kit of the page', () => {
    expect(kits).toHaveLength(1);
    expect(kits[0]!.code).toContain("describePooling('gaussian'");
  });

  it('keeps its widths above the least one, under the optimizers of tfjs', async () => {
    const tf = await import('@tensorflow/tfjs');
    const { poolingLayer } = await import('@ds/layers');
    await tf.setBackend('cpu');
    const layer = poolingLayer('gaussian', { strides: [2, 2] });
    layer.build([null, 8, 8, 1]);
    const widths = layer.trainableWeights[0]!.read() as Variable;
    tf.train.sgd(10).minimize(() => tf.sum(widths), false, [widths]);
    for (const width of widths.dataSync()) expect(width).toBeCloseTo(0.25, 6);
    // At the least width the optimizer still has a gradient to follow.
    const x = tf.randomNormal([1, 8, 8, 1], 0, 1, 'float32', 1);
    const { grads } = tf.variableGrads(() => tf.sum(tf.square(layer.apply(x) as Tensor)), [widths]);
    for (const one of Object.values(grads)[0]!.dataSync())
      expect(Math.abs(one)).toBeGreaterThan(0.01);
  });

  it('is trained, counted, frozen and exported by the commands of the page', async () => {
    await makePictures(made);
    const [commands] = commandsOf(page).filter(({ mark }) => mark === 'run');
    const lines = commands!.text.trim().split('\n');
    expect(lines).toHaveLength(4);
    for (const line of lines) expect(line).toMatch(/^npx ds-benchmark /);
    const printed = await runCommandLines(CLI, lines, made);
    const [cost, trained, frozen, exported] = printed.map(({ all }) => all);
    expect(cost).toMatch(/\| stage3\.block0\.pool +\| 8×8×256 +\| +[\d,]+ \| +2 \|/);
    expect(trained).toMatch(/│ gaussian +│ \d+\.\d %/);
    expect(frozen).toMatch(/│ GaussianPool │ .* Permute ×3, Conv2D ×2 │/);
    expect(exported).toMatch(/model\.onnx/);
  }, 300_000);
});
