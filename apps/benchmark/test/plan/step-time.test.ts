import { describe, expect, it } from 'vitest';
import { stepTime } from '../../src/plan/step-time.js';

/** Steps whose reports come at these times in ms, and the seconds that each takes. */
const steps = (times: number[], seconds: number[]) =>
  times.map((at, i) => ({ at, seconds: seconds[i]! }));

describe('the time of a step', () => {
  it('is the median between two reports after the warm-up, with the wait for data', () => {
    const times = [0, 900, 1500, 2000, 2300, 2600, 2900];
    expect(stepTime(steps(times, [2, 0.8, 0.5, 0.4, 0.2, 0.2, 0.2]))).toBeCloseTo(0.3, 12);
  });

  it('is of all steps if a run ends within the warm-up', () => {
    expect(stepTime(steps([0, 400, 700], [1, 0.3, 0.2]))).toBeCloseTo(0.35, 12);
  });

  it('of a single step is what the training took for it', () => {
    expect(stepTime(steps([1234], [0.7]))).toBe(0.7);
  });

  it('of steps that are reported together is what the training took for each', () => {
    const times = [500, 500, 500, 500, 900, 900, 900, 900];
    expect(stepTime(steps(times, [...Array(4).fill(0.12), ...Array(4).fill(0.1)]))).toBe(0.1);
  });
});
