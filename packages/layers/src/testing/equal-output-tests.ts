import { slice, type Tensor, tidy, transpose } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { FLOAT32_TOLERANCE, relativeDifference } from './differences.js';
import { image } from './slopes.js';
import type { TestedPooling } from './tested-pooling.js';

/**
 * Tests that both data formats, equal configurations, and an image in a batch or alone give equal
 * outputs.
 */
export function testEqualOutputs({ rank, sides, create, hasDataFormat }: TestedPooling): void {
  if (hasDataFormat) {
    it('sees one image in both data formats', () => {
      const [last, first] = [create(), create({ dataFormat: 'channelsFirst' })];
      tidy(() => {
        const spatial = Array.from({ length: rank }, (_, axis) => axis + 1);
        const x = image([2, ...sides.formats, 3], 2.2);
        const y = last.apply(x) as Tensor;
        const z = first.apply(transpose(x, [0, rank + 1, ...spatial])) as Tensor;
        const back = [0, ...spatial.map((axis) => axis + 1), 1];
        expect(relativeDifference(transpose(z, back), y)).toBeLessThan(FLOAT32_TOLERANCE);
      });
      last.dispose();
      first.dispose();
    });
  }

  it('gives the same for the same configuration, in training and at inference', () => {
    const [a, b] = [create(), create()];
    tidy(() => {
      const x = image([2, ...sides.repeated, 2], 3.1);
      for (const training of [true, true, false]) {
        const [first, second] = [a, b].map((layer) => layer.apply(x, { training }) as Tensor);
        expect(relativeDifference(second!, first!)).toBe(0);
      }
    });
    a.dispose();
    b.dispose();
  });

  it('does not mix the images of a batch', () => {
    const layer = create();
    tidy(() => {
      const x = image([3, ...sides.batch, 2], 0.9);
      const whole = layer.apply(x) as Tensor;
      const second = (of: Tensor) => slice(of, [1], [1]);
      const one = layer.apply(second(x)) as Tensor;
      const same = second(whole);
      expect(relativeDifference(one, same)).toBeLessThan(FLOAT32_TOLERANCE);
    });
    layer.dispose();
  });
}
