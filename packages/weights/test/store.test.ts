import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { useBackend } from '@ds/backend';
import { audioCnn, strideVariables } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { SoundCard } from '../src/index.js';
import { withPreparation } from '../src/load-weights.js';
import { networkOf } from '../src/network-of.js';

const folder = mkdtempSync(path.join(tmpdir(), 'store-'));
const script = fileURLToPath(new URL('../scripts/store.mjs', import.meta.url));
const input = {
  frontEnd: {
    sampleRate: 8000,
    frameLength: 200,
    hopLength: 80,
    fftLength: 256,
    bands: 16,
    norm: 'none',
  },
  seconds: 0.2,
  mean: -9,
  std: 6,
  tasks: [
    { name: 'digit', classes: ['0', '1', '2'] },
    { name: 'speaker', classes: ['jackson', 'theo'] },
  ],
};

/** Writes a run on sounds as `ds-benchmark train` does. Returns its network. */
async function writeRun(run: string): Promise<tf.LayersModel> {
  const model = audioCnn({
    inputShape: [18, 16, 1],
    tasks: { digit: 3, speaker: 2 },
    widths: [2, 4],
    strides: [2, 2],
    poolingConfig: { smoothness: 1 },
    seed: 1,
  });
  strideVariables(model)[1]!.variable.assign(tf.tensor1d([1.625, 2.25]));
  mkdirSync(path.join(run, 'model'), { recursive: true });
  await model.save(
    tf.io.withSaveHandler(async (artifacts) => {
      const { modelTopology, weightSpecs: weights, weightData } = artifacts;
      writeFileSync(
        path.join(run, 'model/weights.bin'),
        new Uint8Array(tf.io.CompositeArrayBuffer.join(weightData)),
      );
      const weightsManifest = [{ paths: ['weights.bin'], weights }];
      writeFileSync(
        path.join(run, 'model/model.json'),
        JSON.stringify({ modelTopology, weightsManifest }),
      );
      return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
    }),
  );
  writeFileSync(
    path.join(run, 'summary.json'),
    JSON.stringify({
      config: {
        dataset: 'sounds',
        sounds: { layout: 'pattern' },
        pooling: 'diffstride',
        poolingConfig: { smoothness: 1 },
        strides: [2, 2],
        width: 2,
        epochs: 3,
        batchSize: 4,
        optimizer: { name: 'adam' },
        schedule: { name: 'cosine', peak: 0.01 },
        weightDecay: 0,
        padding: 0,
        flip: false,
        mixup: 0,
        labelSmoothing: 0,
        lambda: 0,
        seed: 5,
      },
      dataset: 'recordings',
      images: { train: 1200, test: 300 },
      backend: { name: 'wasm' },
      environment: { node: 'v20', tfjs: '4.22.0', platform: 'linux', processor: '1' },
      parameters: model.countParams(),
      final: { strides: { 'block1.pool': [2, 2], 'block2.pool': [2, 2] }, macs: 1e6 },
      accuracy: 0.9,
      taskAccuracies: { digit: 0.95, speaker: 0.85 },
      shift: { consistency: 0.75, images: 100, maxShift: 4 },
      sound: { ...input, split: 'index 0 tests' },
      stopped: false,
    }),
  );
  return model;
}

const store = (...args: string[]) =>
  promisify(execFile)(process.execPath, [script, ...args, '--to', folder]);

beforeAll(() => useBackend('wasm'));
afterAll(() => rmSync(folder, { recursive: true }));

it('stores a run with its card, its name and its place in the README', async () => {
  writeFileSync(path.join(folder, 'README.md'), 'before\n<!-- cards -->\n<!-- end -->\nafter\n');
  const trained = await writeRun(path.join(folder, 'out/runs/diffstride-seed5'));
  writeFileSync(path.join(folder, 'out.command.txt'), 'ds-benchmark train --pooling diffstride\n');
  await store(path.join(folder, 'out'), 'digits-small');

  const read = (file: string) => readFileSync(path.join(folder, file), 'utf8');
  const card = JSON.parse(read('src/files/digits-small.json')) as SoundCard;
  expect(card).toMatchObject({
    kind: 'sounds',
    command: 'ds-benchmark train --pooling diffstride',
    protocol:
      '3 epochs of 1,200 training sounds, batches of 4, Adam, a cosine learning rate from 0.01',
    data: { name: 'Free Spoken Digit Dataset', licence: 'CC BY-SA 4.0' },
    strides: { 'block1.pool': [2, 2], 'block2.pool': [1.625, 2.25] },
    results: { taskAccuracies: { digit: 0.95, speaker: 0.85 }, shiftConsistency: 0.75 },
    seed: 5,
    input,
  });
  expect(card.float16Error).toBeLessThan(0.02);
  expect(read('src/stored.ts')).toMatch(
    /SOUNDS = \{\n {2}'digits-small': \{\n {4}url: new URL\('\.\/files\/digits-small\.safetensors'/,
  );
  expect(read('README.md')).toMatch(
    /^before\n<!-- cards -->[\s\S]*### digits-small\n[\s\S]*after\n$/,
  );
  expect(read('README.md')).toContain('digit 95.0 %, speaker 85.0 %');

  const file = path.join(folder, 'src/files/digits-small.safetensors');
  const model = await networkOf(card, file);
  expect(strideVariables(model)[1]!.strides).toEqual([1.625, 2.25]);
  const weights = withPreparation(card, model);
  if (!('classify' in weights)) throw new Error('not for sounds');
  const samples = Float32Array.from({ length: 1600 }, (_, i) => Math.sin(i / 3) / 2);
  const heard = await weights.classify(samples, 8000);
  expect(heard.map(({ task, classes }) => [task, classes.length])).toEqual([
    ['digit', 3],
    ['speaker', 2],
  ]);
  trained.dispose();
  model.dispose();
});

it('says what it needs', async () => {
  await expect(store(path.join(folder, 'nothing'), 'a')).rejects.toThrow(
    'must have one finished run, got 0',
  );
  const run = path.join(folder, 'out/runs/diffstride-seed5');
  await expect(store(run, 'a')).rejects.toThrow('store: --command must say how');
  await expect(store(run, 'A b')).rejects.toThrow('node store.mjs <run-folder> <name>');
});
