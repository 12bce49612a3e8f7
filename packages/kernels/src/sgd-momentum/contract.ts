import type { Tensor } from '@tensorflow/tfjs-core';
import { equalLists, Kernel } from '../kernel.js';

/** SGD with momentum μ: `v ← μ v + g`, `w ← w − η v`, or Nesterov's `w ← w − η (g + μ v)`. */
export interface MomentumAttributes {
  momentum: number;
  nesterov: boolean;
}

/**
 * The step of one parameter. It returns the new value, and overwrites the velocity. No other tensor
 * may share the velocity's data.
 */
export const sgdMomentumKernel = /* @__PURE__ */ new Kernel<
  { value: Tensor; velocity: Tensor; gradient: Tensor },
  MomentumAttributes & { learningRate: number },
  Tensor
>('SgdMomentum');

/** The step of all parameters at once, each with its learning rate. */
export const sgdMomentumOfAllKernel = /* @__PURE__ */ new Kernel<
  { values: Tensor[]; velocities: Tensor[]; gradients: Tensor[] },
  MomentumAttributes & { learningRates: number[] },
  Tensor[]
>('SgdMomentumAll', /* @__PURE__ */ equalLists('values', 'velocities', 'gradients'));
