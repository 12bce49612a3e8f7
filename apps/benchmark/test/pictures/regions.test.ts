import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import type { Tensor4D } from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { distortions, repeatedAverages } from '../../src/pictures/regions.js';

it('pools an image again and again, with boundaries from end to end', async () => {
  await useBackend('wasm');
  const x = unitTensor(1, [1, 20, 20, 3]) as Tensor4D;
  const { steps } = repeatedAverages(x, 'random', { ratio: Math.SQRT2, times: 3, seed: 1 });
  expect(steps.map(({ image }) => image.shape[1])).toEqual([14, 9, 6]);
  expect(steps[0]!.rows[0]).toBe(0);
  expect(steps[0]!.rows.at(-1)).toBe(20);
  expect(steps[1]!.columns.at(-1)).toBe(14);
});

it('finds that random regions bend an axis more than pseudorandom ones', () => {
  const options = { ratio: 2 ** (1 / 3), times: 6 };
  const mean = (kind: 'random' | 'pseudorandom') => {
    const draws = Array.from({ length: 40 }, (_, seed) =>
      distortions(64, kind, { ...options, seed: 100 * seed }),
    );
    return draws[0]!.map((_, time) => draws.reduce((sum, draw) => sum + draw[time]!, 0) / 40);
  };
  const [random, regular] = [mean('random'), mean('pseudorandom')];
  random.forEach((pixels, time) => {
    expect(pixels).toBeGreaterThan(1.3 * regular[time]!);
  });
  // A single regular pooling is never a whole pixel off.
  expect(regular[0]).toBeLessThan(1);
});

it('does not bend an axis that divides evenly', () => {
  expect(distortions(64, 'random', { ratio: 2, times: 3, seed: 5 })).toEqual([0, 0, 0]);
});
