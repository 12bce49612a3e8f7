import { describe, expect, it } from 'vitest';
import { permutation, randomStream, symmetricBeta } from '../src/random.js';

describe('randomStream', () => {
  it('is the same for the same seeds and unrelated for near ones', () => {
    const draw = (...seeds: number[]) => {
      const random = randomStream(...seeds);
      return Array.from({ length: 200 }, () => random.uniform());
    };
    expect(draw(1, 2)).toEqual(draw(1, 2));
    const pairs = [
      [draw(1, 2), draw(1, 3)],
      [draw(1, 2), draw(2, 2)],
      [draw(0), draw(0, 0)],
    ];
    for (const [a, b] of pairs) {
      // Correlation of independent uniforms over 200 draws: within 4 standard errors of 0.
      const correlation =
        a!.reduce((sum, x, i) => sum + (x - 0.5) * (b![i]! - 0.5), 0) / 200 / (1 / 12);
      expect(Math.abs(correlation)).toBeLessThan(4 / Math.sqrt(200));
    }
  });
});

describe('permutation', () => {
  it('puts every element in every place about equally often', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let seed = 0; seed < 4000; seed++) {
      permutation(4, seed).forEach((element, place) => {
        counts[place]![element]! += 1;
      });
    }
    // Binomial(4000, ¼): mean 1000, standard deviation 27; five of them.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });
});

describe('symmetricBeta', () => {
  it.each([1e-300, 1e-3, 0.2, 1, 2])('has the moments of Beta(α, α) at α = %f', (alpha) => {
    const random = randomStream(11);
    const draws = Array.from({ length: 20_000 }, () => symmetricBeta(alpha, random));
    const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
    const variance = draws.reduce((sum, x) => sum + (x - mean) ** 2, 0) / draws.length;
    expect(mean).toBeCloseTo(0.5, 1);
    expect(variance).toBeCloseTo(1 / (4 * (2 * alpha + 1)), 2);
  });
});
