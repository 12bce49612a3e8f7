import {
  customGrad,
  dispose,
  engine,
  getBackend,
  getKernel,
  keep,
  mul,
  scalar,
  sub,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { replaceMethod, takeBackMethods } from './replaced-methods.js';

/** [y, mean, variance] from x, γ and β, with the batch's own statistics. */
export const BATCH_NORM = 'BatchNormTraining';
/** [dx, dγ, dβ] from dy, x, mean, variance and γ. */
export const BATCH_NORM_GRAD = 'BatchNormTrainingGrad';

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
        const here = getBackend() === backend && getKernel(BATCH_NORM, backend);
        if (!here || !kwargs?.training || !lastAxis || !gamma || !beta) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => {
          const { y, mean, variance } = batchNormTraining(
            x,
            gamma.read(),
            beta.read(),
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
  if (prototype) takeBackMethods(prototype, `${backend}/${BATCH_NORM}`);
}

/** Differentiable in x, γ and β; the statistics come along without a gradient. */
function batchNormTraining(x: Tensor, gamma: Tensor, beta: Tensor, epsilon: number) {
  let statistics: { mean: Tensor; variance: Tensor } | undefined;
  const op = customGrad((...args) => {
    const [input, scale, offset, save] = args as unknown as [
      Tensor,
      Tensor,
      Tensor,
      (tensors: Tensor[]) => void,
    ];
    const [y, mean, variance] = engine().runKernel(
      BATCH_NORM,
      { x: input, gamma: scale, beta: offset },
      { epsilon },
    ) as unknown as [Tensor, Tensor, Tensor];
    // The scope of a custom gradient frees everything but its value.
    statistics = { mean: keep(mean), variance: keep(variance) };
    save([input, mean, variance, scale]);
    return {
      value: y,
      gradFunc: (dy, saved) => {
        const [savedInput, savedMean, savedVariance, savedScale] = saved as [
          Tensor,
          Tensor,
          Tensor,
          Tensor,
        ];
        return engine().runKernel(
          BATCH_NORM_GRAD,
          {
            dy: dy as Tensor,
            x: savedInput,
            mean: savedMean,
            variance: savedVariance,
            gamma: savedScale,
          },
          { epsilon },
        ) as unknown as Tensor[];
      },
    };
  });
  const y = op(x, gamma, beta);
  return { y, ...statistics! };
}

/** The layer's moving average. */
function moveTowards(average: LayerVariable, value: Tensor, momentum: number): void {
  const current = average.read();
  average.write(sub(current, mul(sub(current, value), scalar(1 - momentum))));
}
