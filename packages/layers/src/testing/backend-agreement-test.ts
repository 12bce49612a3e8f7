import { getBackend, grads, mul, setBackend, sum, type Tensor, tidy } from '@tensorflow/tfjs-core';
import { expect, it } from 'vitest';
import { FLOAT32_TOLERANCE, relativeL2 } from './differences.js';
import { image, valuesOf } from './slopes.js';
import type { TestedPooling } from './tested-pooling.js';

/**
 * Tests that outputs and gradients of all backends agree. `called` names the pooling in the report.
 */
export function testBackendAgreement(
  { sides, create }: TestedPooling,
  called: string,
  backends: string[],
): void {
  it(`${called} agrees on ${backends.join(', ')}`, async () => {
    const start = getBackend();
    const outputs: { y: number[]; dx: number[] }[] = [];
    for (const backend of backends) {
      await setBackend(backend);
      const layer = create();
      outputs.push(
        tidy(() => {
          const x = image([2, ...sides.compared, 3], 1.9);
          const loss = (input: Tensor) => {
            const y = layer.apply(input) as Tensor;
            return sum(mul(y, image(y.shape, 4.7)));
          };
          const [dx] = grads((input: Tensor) => loss(input))([x]);
          return {
            y: [...valuesOf(layer.apply(x) as Tensor)],
            dx: [...valuesOf(dx!)],
          };
        }) as unknown as { y: number[]; dx: number[] },
      );
      layer.dispose();
    }
    await setBackend(start);
    for (const { y, dx } of outputs.slice(1)) {
      expect(relativeL2(y, outputs[0]!.y)).toBeLessThan(FLOAT32_TOLERANCE);
      expect(relativeL2(dx, outputs[0]!.dx)).toBeLessThan(FLOAT32_TOLERANCE);
    }
  });
}
