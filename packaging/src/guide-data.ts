import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import sharp from 'sharp';

/** Makes the pictures that the guide to own pictures speaks of: few, small, of one colour each. */
export async function makePictures(folder: string): Promise<void> {
  for (const [side, count] of [
    ['train', 4],
    ['val', 2],
  ] as const) {
    for (const [label, name] of ['cats', 'dogs'].entries()) {
      const place = path.join(folder, 'my-pictures', side, name);
      await mkdir(place, { recursive: true });
      for (let i = 0; i < count; i++) {
        const background = { r: 200 * label, g: 90, b: 20 * i };
        const picture = sharp({
          create: { width: 70 + i, height: 80, channels: 3, background },
        });
        await picture.jpeg().toFile(path.join(place, `${i}.jpg`));
      }
    }
  }
}

/** Makes the sounds that the guide to own sounds speaks of: short tones, a pitch for each class. */
export async function makeSounds(folder: string): Promise<void> {
  await mkdir(path.join(folder, 'recordings'), { recursive: true });
  for (const [label, name] of ['dog', 'rain'].entries()) {
    await mkdir(path.join(folder, 'my-sounds', name), { recursive: true });
    for (let i = 0; i < 8; i++) {
      const tone = wav(400 + 900 * label + 10 * i);
      await writeFile(path.join(folder, 'my-sounds', name, `${name}-${i}.wav`), tone);
      const speaker = i % 2 ? 'ann' : 'bob';
      await writeFile(path.join(folder, 'recordings', `${label}_${speaker}_${i}.wav`), tone);
    }
  }
  await writeFile(path.join(folder, 'some.wav'), wav(1300));
  const rows = Array.from({ length: 8 }, (_, i) => {
    const heard = ['robin', 'robin;wren', 'wren', ''][Math.floor(i / 2)];
    return `${i % 2}_${i % 2 ? 'ann' : 'bob'}_${i}.wav,${heard}\n`;
  });
  await writeFile(path.join(folder, 'recordings', 'birds.csv'), `file,heard\n${rows.join('')}`);
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
