import { reshape, sum, type Tensor, Tile, type TileAttrs, util } from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Sums the gradient of the repetitions, axis by axis. */
export const tileGradient: Repair = {
  name: 'gradient of Tile',
  wrong: 'refuses rank 5 and more; adds repetitions one by one',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['gradient Tile'],
  install: () =>
    replaceGradient<TileAttrs>(Tile, () => (dy, saved, { reps }) => {
      const [x] = saved as [Tensor];
      return {
        x: () =>
          x.shape.reduce(
            (slope, side, axis) => folded(slope, axis, side, reps[axis]!),
            dy as Tensor,
          ),
      };
    }),
};

/** Sums the repetitions along one axis. */
function folded(dy: Tensor, axis: number, side: number, repetitions: number): Tensor {
  if (repetitions === 1) return dy;
  const before = util.sizeFromShape(dy.shape.slice(0, axis));
  const after = util.sizeFromShape(dy.shape.slice(axis + 1));
  const shape = dy.shape.with(axis, side);
  return reshape(sum(reshape(dy, [before, repetitions, side, after]), 1), shape);
}
