import {
  add,
  grads,
  mul,
  scalar,
  sum,
  type Tensor,
  tidy,
  type Variable,
  variableGrads,
} from '@tensorflow/tfjs-core';
import { it } from 'vitest';
import { dot, expectSlope, image, release, slopeSetting, WEIGHT_STEP } from './slopes.js';
import type { TestedPooling } from './tested-pooling.js';

/** Tests that gradients match central differences, also in training. */
export function testGradients({ sides, create }: TestedPooling): void {
  it.each([false, true])(
    'has the gradient of central differences to the image (training: %s)',
    (training) => {
      tidy(() => {
        const x = image([2, ...sides.slopes, 3], 1.9);
        const { layer, upstream, valueAt } = slopeSetting(create, training, x);
        const direction = image(x.shape, 5.3);
        const [slope] = grads((input: Tensor) =>
          sum(mul(layer.apply(input, { training }) as Tensor, upstream)),
        )([x]);
        const weights = layer.getWeights();
        expectSlope(dot(slope!, direction), (h) =>
          valueAt(add(x, mul(direction, scalar(h))), weights),
        );
        release(layer);
      });
    },
  );

  it('has the gradients of central differences to every trainable weight', () => {
    tidy(() => {
      const x = image([2, ...sides.weightSlopes, 3], 0.7);
      const { layer, upstream, valueAt } = slopeSetting(create, true, x);
      const variables = layer.trainableWeights.map((weight) => weight.read() as Variable);
      const loss = () => sum(mul(layer.apply(x, { training: true }) as Tensor, upstream));
      const byName: Record<string, Tensor> =
        variables.length > 0 ? variableGrads(loss as never, variables).grads : {};
      const start = layer.getWeights();
      variables.forEach((variable) => {
        const along = image(variable.shape, 1.1);
        const at = layer.weights.findIndex((weight) => weight.read() === variable);
        expectSlope(
          dot(byName[variable.name]!, along),
          (h) => valueAt(x, start.with(at, add(start[at]!, mul(along, scalar(h))))),
          WEIGHT_STEP,
        );
      });
      release(layer);
    });
  });
}
