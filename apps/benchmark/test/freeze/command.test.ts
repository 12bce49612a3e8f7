import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resnet18 } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { executeRun } from '../../src/run/execute-run.js';
import { macsOf } from '../../src/run/model-cost.js';
import type { RunResult } from '../../src/run/run-result.js';
import { loadModel, saveModel } from '../../src/run-folder/saved-model.js';
import { runCliHere } from '../command-line-here.js';
import { fakeMnist } from '../fake-mnist.js';

let data: string;
let folder: string;
let trained: RunResult;

beforeAll(async () => {
  data = await fakeMnist(16);
  folder = await mkdtemp(path.join(tmpdir(), 'freeze-'));
  // A training of two steps.
  const config = makeConfig({
    preset: 'smoke',
    dataset: 'mnist',
    trainImages: 8,
    testImages: 16,
    pooling: 'diffstride',
    strides: [3, 1, 2, 2, 2],
    width: 2,
    epochs: 1,
    batchSize: 4,
    seed: 1,
    backend: 'wasm',
  } as Parameters<typeof makeConfig>[0]);
  const keeping = { folder, every: 100, resume: false };
  trained = await executeRun(config, { data: { mnist: data }, keeping });
});
afterAll(async () => {
  await rm(data, { recursive: true });
  await rm(folder, { recursive: true });
});

const outputOf = async (...flags: string[]) =>
  (await runCliHere(['freeze', folder, ...flags])).output;
const freeze = (...flags: string[]) => runCliHere(['freeze', folder, '--data', data, ...flags]);

type RoundedPooling = Record<'learnedSize' | 'rounded' | 'roundedSize', number[]>;

describe('freeze', () => {
  it('refuses flags without an effect, and the trained model as its output', async () => {
    for (const flags of [
      ['--statistics', '10'],
      ['--round', '--no-test', '--statistics', '10'],
    ]) {
      const { code, output } = await freeze(...flags);
      expect(output).toContain('--statistics is for --round without --no-test');
      expect(code).toBe(1);
    }
    const output = await outputOf('--no-test', '--output', path.join(folder, 'model'));
    expect(output).toContain('--output must not be the trained model of a run');
  });

  it('writes a model of stock layers, as accurate as the run, and prints what became of each layer', async () => {
    const { code, stdout } = await freeze();
    expect(stdout).toMatch(/stage2\.block0\.pool .* DiffStride .* Permute ×\d, Conv2D ×\d/);
    expect(stdout).toContain(`The frozen model is in ${path.join(folder, 'frozen')}.`);
    expect(code).toBe(0);
    const topology = await readFile(path.join(folder, 'frozen', 'model.json'), 'utf8');
    expect(topology).not.toContain('ds>');
    const [model, frozen] = await Promise.all(
      ['model', 'frozen'].map((name) => loadModel(path.join(folder, name))),
    );
    const x = tf.randomNormal([2, 28, 28, 1], 0, 1, 'float32', 1);
    const [want, got] = [model, frozen].map((one) => (one!.predict(x) as tf.Tensor).arraySync());
    const difference = tf.max(tf.abs(tf.sub(want as number[][], got as number[][]))).dataSync()[0]!;
    expect(difference).toBeLessThan(1e-4);
  });

  it('measures what rounding costs', async () => {
    const output = path.join(folder, 'elsewhere');
    const { stdout } = await freeze('--round', '--output', output, '--json');
    const result = JSON.parse(stdout);
    expect(result.output).toBe(output);
    expect(result.before.accuracy).toBeCloseTo(trained.accuracy, 6);
    expect(result.before.macs).toBe(trained.final.macs);
    expect(result.after.macs).toBe(macsOf(await loadModel(output), [28, 28, 1]));
    expect(result.after.macs).not.toBe(result.before.macs);
    expect(result.before.consistency).toBeLessThanOrEqual(1);
    expect(result.agreement.images).toBe(16);
    // Both batches of the only epoch, of 4 images each.
    expect(result.rounding.statisticsImages).toBe(8);
    requireNearestMaps(result.rounding.poolings, [28, 28]);
    const became = result.layers.map(({ stock }: { stock: string[] }) => stock.join());
    expect(became).toContain('DepthwiseConv2D');
    expect((await loadModel(output)).outputs[0]!.shape).toEqual([null, 10]);

    const { stdout: text } = await freeze('--round', '--output', output);
    expect(text).toMatch(/test accuracy .* %/);
    expect(text).toMatch(/shift consistency .* %/);
    expect(text).toMatch(/energy of the taps/);
    expect(text).toMatch(/Both predict the same class for [\d.]+ % of 16 images/);
    expect(text).toContain('Rounded, statistics recomputed on 8 training images.');
    const recomputed = await loadModel(output);

    const { stdout: kept } = await freeze('--round', '--output', output, '--statistics', '0');
    expect(kept).toContain('have their old statistics');
    const [moved, old] = [recomputed, await loadModel(output)].map((model) =>
      model.layers.find((layer) => layer.getClassName() === 'BatchNormalization')!.getWeights(),
    );
    expect(moved!.at(-1)!.dataSync()).not.toEqual(old!.at(-1)!.dataSync());
    expect(moved![0]!.dataSync()).toEqual(old![0]!.dataSync());
  });

  it('names the score of a run that was scored on held-out images', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'freeze-'));
    await cp(path.join(folder, 'model'), path.join(other, 'model'), { recursive: true });
    const config = { ...trained.config, validationImages: 4 };
    await writeFile(path.join(other, 'summary.json'), JSON.stringify({ ...trained, config }));
    const { stdout } = await runCliHere(['freeze', other, '--data', data]);
    expect(stdout).toMatch(/held-out accuracy .* %/);
    expect(stdout).not.toContain('test accuracy');
    const json = await runCliHere(['freeze', other, '--no-test', '--json']);
    expect(JSON.parse(json.stdout).score).toBe('held-out accuracy');
    await rm(other, { recursive: true });
  });

  it('needs no data with --no-test', async () => {
    const { stdout } = await runCliHere(['freeze', folder, '--no-test']);
    expect(stdout).toContain('multiply-adds for one image');
    expect(stdout).not.toContain('test accuracy');
  });

  it('lists layers that stay custom, and keeps them with --keep-custom', async () => {
    const other = await mkdtemp(path.join(tmpdir(), 'freeze-'));
    const model = resnet18({ inputShape: [8, 8, 1], classes: 2, width: 1, pooling: 'aps' });
    await saveModel(model, path.join(other, 'model'));
    await writeFile(path.join(other, 'summary.json'), JSON.stringify(trained));
    const refused = await runCliHere(['freeze', other, '--no-test']);
    expect(refused.code).toBe(1);
    expect(refused.output).toContain('stage2.block0.pool (ApsPool: it chooses a grid');
    const { stdout } = await runCliHere(['freeze', other, '--no-test', '--keep-custom']);
    expect(stdout).toMatch(/stage2\.block0\.pool .* ApsPool .* kept/);
    await rm(other, { recursive: true });
  });

  it('names the file of a folder that is not a finished run', async () => {
    const { code, output } = await runCliHere(['freeze', path.join(folder, 'none')]);
    expect(code).toBe(1);
    expect(output).toContain(`${path.join(folder, 'none', 'summary.json')}: cannot be read`);
  });
});

/**
 * No integer stride of an axis leaves a map nearer to the learned one, by the ratio of their sizes.
 */
function requireNearestMaps(poolings: RoundedPooling[], image: number[]): void {
  let sizes = image;
  for (const { learnedSize, rounded, roundedSize } of poolings) {
    const sizesAt = (stride: (axis: number) => number) =>
      sizes.map((size, axis) => Math.ceil(size / stride(axis)));
    expect(roundedSize).toEqual(sizesAt((axis) => rounded[axis]!));
    for (let stride = 1; stride <= Math.max(...sizes); stride++) {
      sizesAt(() => stride).forEach((other, axis) => {
        const ratioOf = (size: number) => Math.abs(Math.log(size / learnedSize[axis]!));
        expect(ratioOf(roundedSize[axis]!)).toBeLessThanOrEqual(ratioOf(other) + 1e-12);
      });
    }
    sizes = roundedSize;
  }
}
