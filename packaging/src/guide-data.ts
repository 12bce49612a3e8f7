import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import sharp from 'sharp';

/**
 * Draws the 120 pictures that the guide to own pictures speaks of: discs for one class, squares for
 * the other.
 */
export async function makePictures(folder: string): Promise<void> {
  for (const [side, count] of [
    ['train', 40],
    ['val', 20],
  ] as const) {
    for (const [label, name] of ['cats', 'dogs'].entries()) {
      const place = path.join(folder, 'my-pictures', side, name);
      await mkdir(place, { recursive: true });
      for (let i = 0; i < count; i++) {
        const [x, y, radius] = [20 + ((7 * i) % 30), 20 + ((11 * i) % 40), 10 + (i % 7)];
        const side = 2 * radius;
        const disc = `<circle cx="${x}" cy="${y}" r="${radius}" fill="#c63"/>`;
        const square = `<rect x="${x - radius}" y="${y - radius}" width="${side}" height="${side}" fill="#c63"/>`;
        const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${70 + (i % 5)}" height="80">
<rect width="80" height="80" fill="#8${i % 10}9"/>${label === 0 ? disc : square}</svg>`;
        await sharp(Buffer.from(svg))
          .jpeg()
          .toFile(path.join(place, `${i}.jpg`));
      }
    }
  }
}

/** The number of sounds of each class. Both sides of the split get some of each. */
const SOUNDS = { dog: 15, rain: 15 };

/** The number of recordings of each digit. */
const RECORDINGS = 8;

/** Synthesises sounds for the guide to own sounds: short tones, a pitch for each class. */
export async function makeSounds(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'recordings'), { recursive: true });
  for (const [label, [name, count]] of Object.entries(SOUNDS).entries()) {
    await mkdir(path.join(folder, 'my-sounds', name), { recursive: true });
    const tone = (i: number) => wav(400 + 900 * label + 10 * i);
    for (let i = 0; i < count; i++) {
      await writeFile(path.join(folder, 'my-sounds', name, `${name}-${i}.wav`), tone(i));
    }
    for (let i = 0; i < RECORDINGS; i++) {
      const speaker = i % 2 ? 'ann' : 'bob';
      await writeFile(path.join(folder, 'recordings', `${label}_${speaker}_${i}.wav`), tone(i));
    }
  }
  await writeFile(path.join(folder, 'some.wav'), wav(1300));
  const rows = Array.from({ length: 8 }, (_, i) => {
    const heard = ['robin', 'robin;wren', 'wren', ''][Math.floor(i / 2)];
    return `${i % 2}_${i % 2 ? 'ann' : 'bob'}_${i}.wav,${heard}\n`;
  });
  await writeFile(path.join(folder, 'recordings', 'birds.csv'), `file,heard\n${rows.join('')}`);
}

/** Makes the saved model that the guide to swapping strides speaks of, with two strided layers. */
export async function makeModel(folder: string): Promise<void> {
  const strided = { filters: 2, kernelSize: 3, strides: 2 };
  const layers = [
    tf.layers.conv2d({ ...strided, name: 'conv1', inputShape: [16, 16, 3] }),
    tf.layers.conv2d({ ...strided, name: 'conv2' }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 2 }),
  ];
  await mkdir(folder, { recursive: true });
  const save = async ({ modelTopology, weightSpecs, weightData }: tf.io.ModelArtifacts) => {
    const weightsManifest = [{ paths: ['weights.bin'], weights: weightSpecs }];
    const manifest = JSON.stringify({ modelTopology, weightsManifest });
    await writeFile(path.join(folder, 'model.json'), manifest);
    await writeFile(path.join(folder, 'weights.bin'), Buffer.from(weightData as ArrayBuffer));
    return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: 'JSON' } } as const;
  };
  await tf.sequential({ layers }).save(tf.io.withSaveHandler(save));
}

/** A fifth of a second of a tone at 8 kHz, as 16-bit PCM. */
function wav(hertz: number): Buffer {
  const samples = 1600;
  const file = Buffer.alloc(44 + 2 * samples);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write('WAVEfmt ', 8);
  for (const [offset, value] of [
    [16, 16],
    [24, 8000],
    [28, 16_000],
    [40, 2 * samples],
  ] as const) {
    file.writeUInt32LE(value, offset);
  }
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const) {
    file.writeUInt16LE(value, offset);
  }
  file.write('data', 36);
  for (let t = 0; t < samples; t++) {
    file.writeInt16LE(Math.round(20_000 * Math.sin((2 * Math.PI * hertz * t) / 8000)), 44 + 2 * t);
  }
  return file;
}
