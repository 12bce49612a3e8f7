import { ones } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import type { TestedPooling } from './tested-pooling.js';

/** Tests that a wrong rank, a wrong dtype and invalid strides throw errors. */
export function testRefusals({ rank, create, checksDtype }: TestedPooling): void {
  it('refuses what is not an image', () => {
    const layer = create();
    expect(() => layer.apply(ones([4, 4]))).toThrow(/rank|ndim/);
    if (checksDtype) {
      const whole = ones([1, ...[4, 4, 4].slice(0, rank), 1], 'int32');
      expect(() => layer.apply(whole)).toThrow(/must be float32, got int32/);
      whole.dispose();
    }
  });

  it('refuses strides that are none', () => {
    const others = [2, 2, 2].slice(1, rank);
    for (const bad of [
      [0.5, ...others],
      [Number.NaN, ...others],
      rank === 1 ? [2, 2] : others,
      [...others, Number.POSITIVE_INFINITY],
    ]) {
      expect(() => create({ strides: bad })).toThrow(/strides|ratio/);
    }
  });
}
