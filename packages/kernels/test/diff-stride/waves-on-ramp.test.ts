import { describe, expect, it } from 'vitest';
import { areRising, mostOnRamp, type Reach } from '../../src/diff-stride/waves-on-ramp.js';

const reaches = (...distances: number[]): Reach[] => distances.map((one) => [one, one]);

describe('mostOnRamp', () => {
  it('counts the neighbours that fit on a ramp', () => {
    expect(mostOnRamp(reaches(0, 1, 2, 3), 0)).toBe(1);
    expect(mostOnRamp(reaches(0, 1, 2, 3), 2)).toBe(3);
    expect(mostOnRamp(reaches(0, 0, 1, 2), 1)).toBe(3);
    expect(mostOnRamp([], 4)).toBe(0);
  });
});

describe('areRising', () => {
  it('compares the lowest and the highest distances of neighbours', () => {
    expect(areRising([])).toBe(true);
    expect(areRising(reaches(0, 1, 1, 2))).toBe(true);
    expect(areRising(reaches(0, 2, 1))).toBe(false);
    expect(
      areRising([
        [0, 3],
        [1, 2],
      ]),
    ).toBe(false);
  });
});
