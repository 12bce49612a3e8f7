import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { toOnnx } from '@ds/export';
import { freezeStrides, resnet18 } from '@ds/models';
import { toSafetensors } from '@ds/models/safetensors';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/run-folder/saved-model.js';
import { runCliHere } from '../command-line-here.js';

const SHAPE: [number, number, number] = [9, 8, 3];

let run: string;
let model: tf.LayersModel;
beforeAll(async () => {
  run = await mkdtemp(path.join(tmpdir(), 'ds-export-'));
  await tf.setBackend('cpu');
  model = resnet18({
    inputShape: SHAPE,
    classes: 3,
    width: 2,
    poolingConfig: { smoothness: 1 },
    seed: 1,
  });
  await saveModel(model, path.join(run, 'model'));
});
afterAll(async () => {
  model.dispose();
  await rm(run, { recursive: true, force: true });
});

/** The saved tfjs model in a folder, as tfjs takes it. */
async function artifactsIn(folder: string) {
  const json = JSON.parse(await readFile(path.join(folder, 'model.json'), 'utf8'));
  const weights = await readFile(path.join(folder, 'weights.bin'));
  const { weightsManifest, ...rest } = json;
  const weightSpecs = weightsManifest[0].weights;
  return { ...rest, weightSpecs, weightData: new Uint8Array(weights).buffer };
}

/** The largest difference of a model's outputs from those of the trained network. */
function apart(other: { predict(x: tf.Tensor): unknown }): number {
  return tf.tidy(() => {
    const x = tf.randomNormal([2, ...SHAPE], 0, 1, 'float32', 5);
    const outputs = [model, other].map((one) => one.predict(x) as tf.Tensor);
    return tf.max(tf.abs(tf.sub(outputs[0]!, outputs[1]!))).dataSync()[0]!;
  });
}

describe('ds-benchmark export', () => {
  it('writes ONNX of the frozen network', async () => {
    const { code, stdout } = await runCliHere(['export', run, '--to', 'onnx']);
    expect(code).toBe(0);
    const file = path.join(run, 'model.onnx');
    expect(stdout).toBe(`${file}\n`);
    const written = new Uint8Array(await readFile(file));
    await tf.setBackend('cpu');
    // The backend rounds the matrices in its own way, so only the length is sure.
    expect(written.length).toBe(toOnnx(freezeStrides(model, SHAPE)).length);
  });

  it('writes float16 and unfrozen networks elsewhere', async () => {
    const output = path.join(run, 'a/new/folder/half.onnx');
    const flags = ['--to', 'onnx', '--float16', '--no-freeze', '--output', output];
    expect((await runCliHere(['export', run, ...flags])).code).toBe(0);
    const written = await readFile(output);
    await tf.setBackend('cpu');
    expect(written.length).toBe(toOnnx(model, { float16: true }).length);
  });

  it('writes a graph model', async () => {
    expect((await runCliHere(['export', run, '--to', 'graph-model'])).code).toBe(0);
    const artifacts = await artifactsIn(path.join(run, 'graph-model'));
    const graph = await tf.loadGraphModel(tf.io.fromMemory(artifacts));
    expect(apart(graph)).toBeLessThan(1e-4);
  });

  it('writes a tfjs model of stock layers, or with the poolings', async () => {
    const classes = async () => {
      const { modelTopology } = await artifactsIn(path.join(run, 'tfjs'));
      return JSON.stringify(modelTopology);
    };
    expect((await runCliHere(['export', run, '--to', 'tfjs'])).code).toBe(0);
    expect(await classes()).not.toContain('DiffStride');
    const artifacts = await artifactsIn(path.join(run, 'tfjs'));
    expect(apart(await tf.loadLayersModel(tf.io.fromMemory(artifacts)))).toBeLessThan(1e-4);
    expect((await runCliHere(['export', run, '--to', 'tfjs', '--no-freeze'])).code).toBe(0);
    expect(await classes()).toContain('DiffStride');
  });

  it('writes safetensors of the trained weights', async () => {
    expect((await runCliHere(['export', run, '--to', 'safetensors'])).code).toBe(0);
    const written = await readFile(path.join(run, 'model.safetensors'));
    await tf.setBackend('cpu');
    expect(new Uint8Array(written)).toEqual(await toSafetensors(model));
  });

  it('refuses a format it does not know, float16 for tfjs, and a folder without a model', async () => {
    const unknown = await runCliHere(['export', run, '--to', 'keras']);
    expect(unknown.output).toContain('onnx, tfjs, graph-model, safetensors');
    const half = await runCliHere(['export', run, '--to', 'tfjs', '--float16']);
    expect(half.output).toContain('--float16 must be given with --to onnx');
    const empty = await runCliHere(['export', path.join(run, 'none'), '--to', 'onnx']);
    expect(empty.output).toContain('cannot be read; expected a model of a run that has ended');
    for (const { code } of [unknown, half, empty]) expect(code).toBe(1);
  });
});
