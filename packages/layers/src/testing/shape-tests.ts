import { dispose, ones, type Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { valuesOf } from './slopes.js';
import type { TestedPooling } from './tested-pooling.js';

/** Tests that symbolic and real shapes agree at every size. */
export function testShapes({ rank, strides, sides, create, refuses }: TestedPooling): void {
  it('has the shape it promises, at every size', () => {
    for (const size of sides.every) {
      // Strides slightly and far larger than the image. The product stays small, because some
      // poolings compute that many components.
      const beyond = [size.map((side) => side + 1), [40, 1, 1].slice(0, rank)];
      for (const each of [strides, [1, 1, 1].slice(0, rank), ...beyond]) {
        const layer = create({ strides: each });
        const shape = [2, ...size, 3];
        if (refuses(...size)) {
          expect(() => layer.apply(ones(shape))).toThrow(/^\w+: /);
          continue;
        }
        const y = layer.apply(ones(shape)) as Tensor;
        const promised = layer.computeOutputShape(shape) as (number | null)[];
        expect(promised).toHaveLength(rank + 2);
        promised.forEach((size, axis) => {
          if (size !== null) expect(y.shape[axis]).toBe(size);
          expect(y.shape[axis]).toBeGreaterThanOrEqual(1);
        });
        expect(valuesOf(y).every(Number.isFinite)).toBe(true);
        dispose(y);
        layer.dispose();
      }
    }
  });
}
