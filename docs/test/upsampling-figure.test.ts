import '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import figure from '../.vitepress/theme/figures/upsampling.js';

it('compares four upsamplings, of which the spectral one has no error', () => {
  const drawn: { y: number }[][] = [];
  const mark = (points: { y: number }[]) => void drawn.push(points);
  const plot = { line: mark, dot: mark } as never;
  const { plots, says } = figure.draw({ f: 5, S: 3 }, plot);
  expect(plots).toHaveLength(4);
  expect(drawn.at(-1)).toHaveLength(48);
  const errors = says.match(/\d\.\d\d/g)!.map(Number);
  expect(errors.at(-1)).toBe(0);
  for (const error of errors.slice(0, 3)) expect(error).toBeGreaterThan(0.1);
});
