import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type ImageInput, prepareImageFile } from '@ds/data';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { saveModel } from '../../src/run-folder/saved-model.js';
import { runCliHere } from '../command-line-here.js';
import { runResult } from '../run-result.js';

const input: ImageInput = {
  size: 8,
  crop: 0.875,
  mean: [0.4, 0.5, 0.6],
  std: [0.2, 0.3, 0.25],
  classes: ['red', 'green', 'blue'],
};

let run: string;
let pictures: string;
beforeAll(async () => {
  run = await mkdtemp(path.join(tmpdir(), 'ds-classify-'));
  pictures = path.join(run, 'pictures');
  await tf.setBackend('cpu');
  // The logits are the means of the three channels, so the class is the colour.
  const model = tf.sequential({
    layers: [tf.layers.globalAveragePooling2d({ inputShape: [8, 8, 3] })],
  });
  await saveModel(model, path.join(run, 'model'));
  model.dispose();
  const result = { ...runResult('conv', 1, 0.5), image: input };
  await writeFile(path.join(run, 'summary.json'), JSON.stringify(result));
  for (const [at, name] of [
    [0, 'one.png'],
    [1, 'deep/two.jpg'],
    [2, 'deep/three.webp'],
  ] as const) {
    const background = { r: 20, g: 20, b: 20, [['r', 'g', 'b'][at]!]: 220 };
    const file = path.join(pictures, name);
    await mkdir(path.dirname(file), { recursive: true });
    await sharp({ create: { width: 30, height: 21, channels: 3, background } }).toFile(file);
  }
  await writeFile(path.join(pictures, 'notes.txt'), 'no picture');
});
afterAll(() => rm(run, { recursive: true, force: true }));

describe('classify, with a run on pictures', () => {
  it('prints the classes of one picture by falling probability', async () => {
    const file = path.join(pictures, 'one.png');
    const { code, stdout } = await runCliHere(['classify', file, '--run', run, '--json']);
    expect(code).toBe(0);
    const rows = JSON.parse(stdout);
    expect(rows.map((row: { class: string }) => row.class)).toEqual(['red', 'green', 'blue']);
    // (220/255 − 0.4)/0.2, (20/255 − 0.5)/0.3 and (20/255 − 0.6)/0.25.
    const powers = [2.3137255, -1.4052288, -2.0862745].map(Math.exp);
    const sum = powers.reduce((total, power) => total + power);
    rows.forEach(({ probability }: { probability: number }, i: number) => {
      expect(probability).toBeCloseTo(powers[i]! / sum, 6);
    });
    const table = await runCliHere(['classify', file, '--run', run, '--top', '1']);
    expect(table.stdout).toContain('│ red   │');
    expect(table.stdout).not.toContain('green');
  });

  it('prints the best class of each picture below a folder, and writes the table', async () => {
    const output = path.join(run, 'new folder', 'found.csv');
    const { code, output: printed } = await runCliHere([
      'classify',
      pictures,
      '--run',
      run,
      '--output',
      output,
    ]);
    expect(code).toBe(0);
    expect(printed).toContain('notes.txt');
    const csv = await readFile(output, 'utf8');
    const found = csv
      .trimEnd()
      .split('\n')
      .slice(1)
      .map((line) => line.split(','));
    expect(found.map(([file, name]) => [path.relative(pictures, file!), name])).toEqual([
      [path.join('deep', 'three.webp'), 'blue'],
      [path.join('deep', 'two.jpg'), 'green'],
      ['one.png', 'red'],
    ]);
  });

  it('prints as many classes of each picture as --top says', async () => {
    const args = ['classify', pictures, '--run', run, '--top', '2', '--json'];
    const { code, stdout } = await runCliHere(args);
    expect(code).toBe(0);
    const rows: { file: string; class: string; probability: number }[] = JSON.parse(stdout);
    expect(rows.map(({ file }) => path.basename(file))).toEqual(
      ['three.webp', 'two.jpg', 'one.png'].flatMap((name) => [name, name]),
    );
    expect(rows.filter((_, i) => i % 2 === 0).map((row) => row.class)).toEqual([
      'blue',
      'green',
      'red',
    ]);
    for (let i = 0; i < rows.length; i += 2) {
      expect(rows[i]!.probability).toBeGreaterThan(rows[i + 1]!.probability);
    }
  });

  it('leaves out what it cannot read of several pictures, and refuses other networks', async () => {
    const broken = path.join(run, 'broken.png');
    await writeFile(broken, 'no picture');
    const good = path.join(pictures, 'one.png');
    const several = await runCliHere(['classify', broken, good, '--run', run, '--json']);
    expect(several.code).toBe(1);
    expect(several.output).toContain('broken.png');
    expect(JSON.parse(several.stdout)).toMatchObject([{ file: good, class: 'red' }]);
    const other = path.join(run, 'other');
    await mkdir(other);
    const result = { ...runResult('conv', 1, 0.5), image: { ...input, classes: ['red', 'green'] } };
    await writeFile(path.join(other, 'summary.json'), JSON.stringify(result));
    await cp(path.join(run, 'model'), path.join(other, 'model'), { recursive: true });
    const wrong = await runCliHere(['classify', good, '--run', other]);
    expect(wrong.output).toContain('must have one output of 2 classes, got one of 3');
  });

  it('refuses flags for sounds, a missing file and a run without its input', async () => {
    const file = path.join(pictures, 'one.png');
    const hop = await runCliHere(['classify', file, '--run', run, '--hop', '1']);
    expect(hop.output).toContain('--hop is for runs on sounds, got a run on images');
    const none = await runCliHere(['classify', path.join(run, 'none.png'), '--run', run]);
    expect(none.output).toContain('none.png cannot be read');
    const { image: _image, ...older } = JSON.parse(
      await readFile(path.join(run, 'summary.json'), 'utf8'),
    );
    const old = path.join(run, 'older');
    await mkdir(old);
    await writeFile(path.join(old, 'summary.json'), JSON.stringify(older));
    const without = await runCliHere(['classify', file, '--run', old]);
    expect(without.output).toContain('--run must be a run on sounds or on colour images');
    for (const { code } of [hop, none, without]) expect(code).toBe(1);
  });
});

it('the file of an exported network for pictures has its input and its classes next to it', async () => {
  const { code, stdout } = await runCliHere(['export', run, '--to', 'onnx']);
  expect(code).toBe(0);
  const file = path.join(run, 'model.image.json');
  expect(stdout).toBe(`${path.join(run, 'model.onnx')}\n${file}\n`);
  const described = JSON.parse(await readFile(file, 'utf8'));
  expect(described).toEqual(input);
  const { shape } = await prepareImageFile(path.join(pictures, 'one.png'), described);
  expect(shape).toEqual([1, 8, 8, 3]);
});
