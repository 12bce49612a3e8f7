import {
  broadcast_util,
  Maximum,
  Minimum,
  reshape,
  SquaredDifference,
  sum,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replaced-gradients.js';
import { OWN_KERNELS, type Repair, SEEN_IN } from './repair.js';

/** Sums the slopes over the axes along which an input was stretched. */
export const broadcastGradients: Repair = {
  name: 'gradients of Maximum, Minimum, SquaredDifference',
  seenIn: SEEN_IN,
  wrong: 'refuses inputs of different shapes, since it does not sum over what was stretched',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['gradient Maximum', 'gradient Minimum', 'gradient SquaredDifference'],
  install: () => {
    for (const kernelName of [Maximum, Minimum, SquaredDifference]) {
      replaceGradient(kernelName, (original) => (dy, saved, attrs) => {
        const [a, b] = saved as [Tensor, Tensor];
        const slopes = original.gradFunc(dy, saved, attrs) as Record<'a' | 'b', () => Tensor>;
        const { shape } = dy as Tensor;
        return {
          a: () => summedTo(slopes.a(), a.shape, shape),
          b: () => summedTo(slopes.b(), b.shape, shape),
        };
      });
    }
  },
};

function summedTo(slope: Tensor, shape: number[], stretched: number[]): Tensor {
  const axes = broadcast_util.getReductionAxes(shape, stretched);
  return reshape(axes.length > 0 ? sum(slope, axes) : slope, shape);
}
