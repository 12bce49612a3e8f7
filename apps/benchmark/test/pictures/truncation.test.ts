import { useBackend } from '@ds/backend';
import { unitTensor } from '@ds/testing';
import { memory, type Tensor4D, tensor4d } from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { TRUNCATION_METHODS, truncated, truncationErrors } from '../../src/pictures/truncation.js';

/** A cosine with these numbers of periods across and down, plus a constant. */
function wave(size: number, across: number, down: number): Tensor4D {
  const values = Array.from({ length: size * size }, (_, i) => {
    const [row, column] = [Math.floor(i / size), i % size];
    return 0.5 + 0.4 * Math.cos((2 * Math.PI * (across * column + down * row)) / size);
  });
  return tensor4d(values, [1, size, size, 1]);
}

describe.each(['cpu', 'wasm'] as const)('on %s', (backend) => {
  beforeAll(() => useBackend(backend));

  it('keeps low frequencies whole, and of high ones their mean', () => {
    const low = truncationErrors(wave(16, 2, 1), 8, 'spectral');
    expect(low.kept).toBe(0.25);
    expect(low.errors[0]).toBeLessThan(1e-6);
    const high = truncated(wave(16, 6, 5), 8, 'spectral').dataSync();
    for (const value of high) expect(value).toBeCloseTo(0.5, 6);
  });

  it.each(TRUNCATION_METHODS)('%s loses nothing when all is kept, and leaks nothing', (method) => {
    const x = unitTensor(4, [2, 12, 12, 3]) as Tensor4D;
    const before = memory().numTensors;
    const { errors, kept } = truncationErrors(x, 12, method);
    expect(kept).toBe(1);
    expect(errors).toHaveLength(2);
    for (const error of errors) expect(error).toBeLessThan(1e-6);
    expect(memory().numTensors).toBe(before);
  });

  it('fills regions with their maximum or mean', () => {
    const x = tensor4d([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16], [1, 4, 4, 1]);
    expect([...truncated(x, 2, 'max').dataSync()].slice(0, 8)).toEqual([6, 6, 8, 8, 6, 6, 8, 8]);
    expect([...truncated(x, 2, 'average').dataSync()].slice(8)).toEqual([
      11.5, 11.5, 13.5, 13.5, 11.5, 11.5, 13.5, 13.5,
    ]);
  });
});
