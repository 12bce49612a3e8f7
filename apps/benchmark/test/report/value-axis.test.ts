import { describe, expect, it } from 'vitest';
import { percentAxis, valueAxis } from '../../src/report/value-axis.js';

const domain = (axis: { domain?: unknown }) => axis.domain as [number, number] | undefined;

describe('valueAxis', () => {
  it('leaves the domain of values that differ to the plot', () => {
    expect(domain(valueAxis('loss', [1, 2, Number.NaN]))).toBeUndefined();
    expect(domain(valueAxis('loss', []))).toBeUndefined();
  });

  it('has a length of a fifth if all values are equal, and of 1 for zeros', () => {
    expect(domain(valueAxis('loss', [10, 10]))).toEqual([9, 11]);
    expect(domain(valueAxis('loss', [0]))).toEqual([-0.5, 0.5]);
  });

  it('keeps its length at a limit', () => {
    expect(domain(valueAxis('loss', [0], { lowest: 0 }))).toEqual([0, 1]);
    expect(domain(percentAxis('accuracy', [100]))).toEqual([95, 100]);
    expect(domain(percentAxis('accuracy', [0.1, 0.2]))).toEqual([0, 5]);
  });

  it('does not enlarge noise', () => {
    expect(domain(percentAxis('accuracy', [50, 51]))).toEqual([48, 53]);
  });
});
