import { HOST_BACKENDS } from '@ds/checks';
import { hasMember } from '@ds/graph';
import { ones, type Tensor } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { measureMultiplyAdds } from '../count-multiply-adds.js';
import type { TestedPooling } from './tested-pooling.js';

/** The share of multiply-adds that a count may miss: small sums next to the products. */
const SMALL_SUMS = 0.05;

/** Tests that the count of multiply-adds lies between the needed and the executed ones. */
export function testMultiplyAdds({ sides, create }: TestedPooling, backend: string): void {
  // A GPU may use denser products, which save a second pass.
  it.skipIf(!HOST_BACKENDS.includes(backend))(
    'counts its multiply-adds, or lets them be counted',
    () => {
      const layer = create();
      const shape = [...sides.counted, 8];
      const y = layer.apply(ones([1, ...shape])) as Tensor;
      const { ran, needed } = measureMultiplyAdds(layer, [shape], 'describePooling');
      if (hasMember(layer, 'multiplyAdds')) {
        const count = layer.multiplyAdds(y.shape.slice(1), shape);
        expect(count).toBeGreaterThanOrEqual(needed * (1 - SMALL_SUMS));
        expect(count).toBeLessThanOrEqual(ran);
      }
      y.dispose();
      layer.dispose();
    },
  );
}
