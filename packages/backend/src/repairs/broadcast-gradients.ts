import { Maximum, Minimum, SquaredDifference, type Tensor } from '@tensorflow/tfjs-core';
import { summedTo } from '../gradients/broadcast-sum.js';
import { replaceGradient } from '../replacements/gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Sums the gradient over the axes along which an input was broadcast. */
export const broadcastGradients: Repair = {
  name: 'gradients of Maximum, Minimum, SquaredDifference',
  wrong: 'refuses inputs of different shapes, since it does not sum over broadcast axes',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['gradient Maximum', 'gradient Minimum', 'gradient SquaredDifference'],
  install: () => {
    for (const kernelName of [Maximum, Minimum, SquaredDifference]) {
      replaceGradient(kernelName, (original) => (dy, saved, attrs) => {
        const [a, b] = saved as [Tensor, Tensor];
        const slopes = original.gradFunc(dy, saved, attrs) as Record<'a' | 'b', () => Tensor>;
        return {
          a: () => summedTo(slopes.a(), a.shape),
          b: () => summedTo(slopes.b(), b.shape),
        };
      });
    }
  },
};
