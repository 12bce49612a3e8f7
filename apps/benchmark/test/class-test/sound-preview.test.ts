import { decodeWav } from '@ds/data/audio';
import { expect, it } from 'vitest';
import { soundPreview } from '../../src/class-test/sound-preview.js';

async function heard(samples: Float32Array, rate: number, seconds: number) {
  const url = await soundPreview(samples, rate, seconds);
  expect(url).toMatch(/^data:audio\/wav;base64,/);
  const { sampleRate, channels } = decodeWav(Buffer.from(url.split(',')[1]!, 'base64'));
  expect(sampleRate).toBe(rate);
  return channels[0]!;
}

it('has the middle of a sound, as the network hears it', async () => {
  const samples = Float32Array.from({ length: 300 }, (_, i) => i / 512);
  const part = await heard(samples, 1000, 0.1);
  expect(part).toHaveLength(100);
  expect(part[0]).toBeCloseTo(100 / 512, 3);
  expect(part[99]).toBeCloseTo(199 / 512, 3);
});

it('has all of a sound that is shorter, and three seconds of a long window', async () => {
  expect(await heard(new Float32Array(50), 1000, 0.1)).toHaveLength(50);
  expect(await heard(new Float32Array(9_000), 1000, 8)).toHaveLength(3_000);
});
