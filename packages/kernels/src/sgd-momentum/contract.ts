import type { Tensor } from '@tensorflow/tfjs-core';
import { equalLists, Kernel } from '../kernel.js';

/** How SGD with momentum μ steps: `v ← μ v + g`, `w ← w − η v`, or Nesterov's `w − η (g + μ v)`. */
export interface MomentumAttributes {
  momentum: number;
  nesterov: boolean;
}

/**
 * The step of one parameter. It overwrites the velocity, which must belong to the caller alone, and
 * returns the new value.
 */
export const sgdMomentumKernel = new Kernel<
  { value: Tensor; velocity: Tensor; gradient: Tensor },
  MomentumAttributes & { learningRate: number },
  Tensor
>('SgdMomentum');

/** The step of all parameters at once, each with its own learning rate. */
export const sgdMomentumOfAllKernel = new Kernel<
  { values: Tensor[]; velocities: Tensor[]; gradients: Tensor[] },
  MomentumAttributes & { learningRates: number[] },
  Tensor[]
>('SgdMomentumAll', equalLists('values', 'velocities', 'gradients'));
