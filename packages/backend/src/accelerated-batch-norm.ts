import { batchNormTraining, batchNormTrainingKernel } from '@ds/kernels';
import {
  dispose,
  getBackend,
  mul,
  scalar,
  sub,
  type Tensor,
  type Tensor1D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { replaceMethod, takeBackMethods } from './replaced-methods.js';

/** tfjs's layer, as far as its training call needs to be known. */
interface BatchNormalization extends layers.Layer {
  axis: number;
  momentum: number;
  epsilon: number;
  gamma?: LayerVariable;
  beta?: LayerVariable;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

/** The batch norm of tfjs-layers, once a backend has asked for it. */
let prototype: BatchNormalization | undefined;

/**
 * Lets the training call of tfjs-layers' batch norm use the kernels of a backend, for every model
 * in the process. On other backends, and for a normalised axis that is not the last, the layer does
 * as before. Its own gradient makes many passes over the activations, and tiles the statistics to
 * their size. Without tfjs-layers nothing happens.
 */
export async function acceleratedBatchNorm(backend: string): Promise<void> {
  prototype ??= await batchNormalization();
  if (!prototype) return;
  replaceMethod(
    prototype,
    'call',
    (below) =>
      function (this: BatchNormalization, inputs, kwargs) {
        const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
        const lastAxis = this.axis === -1 || this.axis === x.rank - 1;
        const { gamma, beta } = this;
        const here = getBackend() === backend && batchNormTrainingKernel.isHere();
        if (!here || !kwargs?.training || !lastAxis || !gamma || !beta) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => {
          const { y, mean, variance } = batchNormTraining(
            x,
            gamma.read() as Tensor1D,
            beta.read() as Tensor1D,
            this.epsilon,
          );
          moveTowards(this.movingMean, mean, this.momentum);
          moveTowards(this.movingVariance, variance, this.momentum);
          dispose([mean, variance]);
          return y;
        });
      },
  );
}

async function batchNormalization(): Promise<BatchNormalization | undefined> {
  try {
    const { layers } = await import('@tensorflow/tfjs-layers');
    return Object.getPrototypeOf(layers.batchNormalization({})) as BatchNormalization;
  } catch {
    return undefined;
  }
}

/** Takes this back on a backend. */
export function plainBatchNorm(backend: string): void {
  if (prototype) takeBackMethods(prototype, `${backend}/${batchNormTrainingKernel.name}`);
}

/** The layer's moving average. */
function moveTowards(average: LayerVariable, value: Tensor, momentum: number): void {
  const current = average.read();
  average.write(sub(current, mul(sub(current, value), scalar(1 - momentum))));
}
