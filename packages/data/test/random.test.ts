import { describe, expect, it } from 'vitest';
import { permutation, randomStream, symmetricBeta } from '../src/random.js';

describe('randomStream', () => {
  it('is equal for equal seeds and uncorrelated for close seeds', () => {
    const draw = (...seeds: number[]) => {
      const random = randomStream(...seeds);
      return Array.from({ length: 200 }, () => random.uniform());
    };
    expect(draw(1, 2)).toEqual(draw(1, 2));
    const pairs = [
      [draw(1, 2), draw(1, 3)],
      [draw(1, 2), draw(2, 2)],
      [draw(0), draw(0, 0)],
      [draw(1), draw(2 ** 32 + 1)],
      [draw(-1), draw(2 ** 32 - 1)],
      [draw(2 ** 32), draw(2 ** 33)],
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
  it('puts every element at every position about equally often', () => {
    const counts = Array.from({ length: 4 }, () => [0, 0, 0, 0]);
    for (let seed = 0; seed < 4000; seed++) {
      permutation(4, seed).forEach((element, place) => {
        counts[place]![element]! += 1;
      });
    }
    // Binomial(4000, ¼): mean 1000, standard deviation 27. The bound is five deviations.
    for (const count of counts.flat()) expect(Math.abs(count - 1000)).toBeLessThan(137);
  });
});

/** ln Γ by Stirling's series, after a shift to larger arguments. */
function logGamma(x: number): number {
  if (x < 8) return logGamma(x + 1) - Math.log(x);
  return (
    (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + 1 / (12 * x) - 1 / (360 * x ** 3)
  );
}

/** P(λ < x) under Beta(α, α), by the midpoint rule after the substitution t = x s^{1/α}. */
function betaBelow(x: number, alpha: number): number {
  const steps = 4000;
  let sum = 0;
  for (let i = 0; i < steps; i++) {
    sum += (1 - x * ((i + 0.5) / steps) ** (1 / alpha)) ** (alpha - 1);
  }
  const logBeta = 2 * logGamma(alpha) - logGamma(2 * alpha);
  return Math.exp(alpha * Math.log(x) - Math.log(alpha) - logBeta) * (sum / steps);
}

describe('symmetricBeta', () => {
  const drawsOf = (alpha: number, count: number) => {
    const random = randomStream(11);
    return Array.from({ length: count }, () => symmetricBeta(alpha, random));
  };

  it.each([5e-324, 1e-300, 1e-3, 0.2, 0.5, 0.51, 1, 2, 14, 32, 1e4, 1e20, 1e308])(
    'has the moments of Beta(α, α) at α = %f',
    (alpha) => {
      const draws = drawsOf(alpha, 20_000);
      expect(draws.every((draw) => draw >= 0 && draw <= 1)).toBe(true);
      const mean = draws.reduce((sum, x) => sum + x, 0) / draws.length;
      const wanted = 1 / (4 * (2 * alpha + 1));
      const deviation = Math.sqrt(wanted);
      expect(Math.abs(mean - 0.5)).toBeLessThan(5 * (deviation / Math.sqrt(20_000)) + 1e-15);
      const variance = draws.reduce((sum, x) => sum + (x - 0.5) ** 2, 0) / draws.length;
      // Here the variance of a square is at most twice its square.
      expect(Math.abs(variance - wanted)).toBeLessThan(5 * wanted * Math.sqrt(2 / 20_000) + 1e-30);
    },
  );

  it.each([0.05, 0.2, 0.5, 0.6, 1, 3, 32])('follows its distribution at α = %f', (alpha) => {
    const draws = drawsOf(alpha, 20_000);
    for (const x of [0.01, 0.1, 0.3, 0.45]) {
      const share = betaBelow(x, alpha);
      const found = draws.filter((draw) => draw < x).length / draws.length;
      const deviation = Math.sqrt((share * (1 - share)) / draws.length);
      expect(Math.abs(found - share)).toBeLessThan(5 * deviation + 1e-4);
    }
  });

  it('draws four numbers for any α', () => {
    for (const alpha of [1e-300, 0.2, 32, 1e300]) {
      const [taken, counted] = [randomStream(3), randomStream(3)];
      symmetricBeta(alpha, taken);
      for (let i = 0; i < 4; i++) counted.uniform();
      expect(taken.uniform()).toBe(counted.uniform());
    }
  });
});
