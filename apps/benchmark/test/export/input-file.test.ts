import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { classifySound, heardTasks, prepareSound, type SoundInput } from '@ds/data/audio';
import { audioCnn } from '@ds/models';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inputFileOf } from '../../src/export/input-file.js';
import { saveModel } from '../../src/run-folder/saved-model.js';
import { runCliHere } from '../command-line-here.js';
import { soundResult } from '../sound-result.js';

const input: SoundInput = {
  frontEnd: { sampleRate: 8000, frameLength: 200, hopLength: 80, fftLength: 256, bands: 16 },
  seconds: 0.2,
  mean: -9,
  std: 4,
  tasks: [
    { name: 'pitch', classes: ['low', 'middle', 'high'] },
    { name: 'loudness', classes: ['soft', 'loud'] },
  ],
};

let run: string;
let model: tf.LayersModel;
beforeAll(async () => {
  run = await mkdtemp(path.join(tmpdir(), 'ds-export-sound-'));
  await tf.setBackend('cpu');
  model = audioCnn({
    inputShape: [18, 16, 1],
    tasks: { pitch: 3, loudness: 2 },
    widths: [2, 3],
    poolingConfig: { smoothness: 1 },
    seed: 1,
  });
  await saveModel(model, path.join(run, 'model'));
  const result = soundResult('diffstride', 1, 0.5);
  result.sound = { ...input, split: 'by its names' };
  await writeFile(path.join(run, 'summary.json'), JSON.stringify(result));
});
afterAll(async () => {
  model.dispose();
  await rm(run, { recursive: true, force: true });
});

const readJson = async (file: string) => JSON.parse(await readFile(file, 'utf8'));

describe('the export of a network for sounds', () => {
  it('says all that another program needs to run it', async () => {
    const { code, stdout } = await runCliHere(['export', run, '--to', 'onnx']);
    expect(code).toBe(0);
    const file = path.join(run, 'model.sound.json');
    expect(stdout).toBe(`${path.join(run, 'model.onnx')}\n${file}\n`);
    expect(await readJson(file)).toEqual({
      ...input,
      frontEnd: {
        ...input.frontEnd,
        // The defaults, which a program in another language does not know.
        lowest: 0,
        highest: 4000,
        scale: 'slaney',
        norm: 'slaney',
        triangles: 'hertz',
        center: false,
        power: 2,
        compression: 'log',
        offset: 1e-6,
      },
    });
  });

  it('gives the classes of the trained network with its file', async () => {
    expect((await runCliHere(['export', run, '--to', 'graph-model'])).code).toBe(0);
    const folder = path.join(run, 'graph-model');
    const { weightsManifest, ...rest } = await readJson(path.join(folder, 'model.json'));
    const weightData = new Uint8Array(await readFile(path.join(folder, 'weights.bin'))).buffer;
    const weightSpecs = weightsManifest[0].weights;
    await tf.setBackend('cpu');
    const graph = await tf.loadGraphModel(tf.io.fromMemory({ ...rest, weightSpecs, weightData }));
    const samples = Float32Array.from({ length: 5000 }, (_, t) => Math.sin(t ** 1.5 / 60) / 2);
    const wanted = await classifySound(
      (x) => model.predict(x) as tf.Tensor[],
      samples,
      16_000,
      input,
    );
    const described: SoundInput = await readJson(path.join(folder, 'sound.json'));
    const { values, shape } = prepareSound(samples, 16_000, described);
    // Outputs of a graph come by their names, which are those of the tasks.
    const outputs = graph.execute(
      tf.tensor(values, shape),
      described.tasks.map(({ name }) => name),
    ) as tf.Tensor[];
    const heard = heardTasks(
      outputs.map((output) => output.dataSync()),
      described,
    );
    expect(heard.map(({ task }) => task)).toEqual(['pitch', 'loudness']);
    heard.forEach(({ classes }, i) => {
      expect(classes.map(({ name }) => name)).toEqual(wanted[i]!.classes.map(({ name }) => name));
      classes.forEach(({ probability }, k) => {
        expect(probability).toBeCloseTo(wanted[i]!.classes[k]!.probability, 4);
      });
    });
  });

  it.each([
    ['onnx', 'out/digits.onnx', 'out/digits.sound.json'],
    ['safetensors', 'digits', 'digits.sound.json'],
    ['tfjs', 'out/page', 'out/page/sound.json'],
    ['graph-model', 'out/page', 'out/page/sound.json'],
  ] as const)('is next to %s', (format, output, file) => {
    expect(inputFileOf(format, output, 'sound.json')).toBe(path.normalize(file));
  });

  it('names a summary that is damaged', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'ds-export-damaged-'));
    await saveModel(model, path.join(folder, 'model'));
    await writeFile(path.join(folder, 'summary.json'), '{"sound":');
    const { code, output } = await runCliHere(['export', folder, '--to', 'onnx']);
    expect(code).toBe(1);
    expect(output).toContain(`${path.join(folder, 'summary.json')} cannot be read`);
    await rm(folder, { recursive: true });
  });
});
