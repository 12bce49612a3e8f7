import { dispose, grads, memory, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { image } from './slopes.js';
import type { TestedPooling } from './tested-pooling.js';

/** Tests that no tensor leaks. */
export function testLeaks({ sides, create }: TestedPooling): void {
  it('leaks no tensor', () => {
    const layer = create();
    const x = image([2, ...sides.leaks, 2], 1.3);
    dispose(layer.apply(x) as Tensor);
    const count = memory().numTensors;
    for (let i = 0; i < 3; i++) dispose(layer.apply(x) as Tensor);
    tidy(() => {
      grads((input: Tensor) => sum(layer.apply(input) as Tensor))([x]);
    });
    expect(memory().numTensors).toBe(count);
    x.dispose();
    layer.dispose();
  });
}
