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

/** The batch norm of tfjs-layers, while its `call` is replaced. */
let replaced: { prototype: BatchNormalization; original: Call; ours: Call } | null = null;

type Call = BatchNormalization['call'];

/** The backends on which the layer uses the kernels. */
const ACCELERATED = new Set<string>();

/**
 * Lets the training call of tfjs-layers' batch norm use the kernels of a backend, for every model
 * in the process. On other backends, and for a normalised axis that is not the last, the layer does
 * as before. Its own gradient makes many passes over the activations, and tiles the statistics to
 * their size. Without tfjs-layers nothing happens.
 */
export async function acceleratedBatchNorm(backend: string): Promise<void> {
  ACCELERATED.add(backend);
  if (replaced) return;
  let tfl: typeof import('@tensorflow/tfjs-layers');
  try {
    tfl = await import('@tensorflow/tfjs-layers');
  } catch {
    return;
  }
  const prototype = Object.getPrototypeOf(tfl.layers.batchNormalization({})) as BatchNormalization;
  const original = prototype.call;
  const ours: Call = function (this: BatchNormalization, inputs, kwargs) {
    const x = (Array.isArray(inputs) ? inputs[0] : inputs) as Tensor;
    const lastAxis = this.axis === -1 || this.axis === x.rank - 1;
    const { gamma, beta } = this;
    const here = getBackend();
    const accelerated =
      ACCELERATED.has(here) && lastAxis && gamma && beta && getKernel(BATCH_NORM, here);
    if (!kwargs?.training || !accelerated) return original.call(this, inputs, kwargs);
    return tidy(() => {
      const { y, mean, variance } = batchNormTraining(x, gamma.read(), beta.read(), this.epsilon);
      moveTowards(this.movingMean, mean, this.momentum);
      moveTowards(this.movingVariance, variance, this.momentum);
      dispose([mean, variance]);
      return y;
    });
  };
  prototype.call = ours;
  replaced = { prototype, original, ours };
}

/** Takes this back on a backend. Once no backend has it, the layer's own method comes back. */
export function plainBatchNorm(backend: string): void {
  ACCELERATED.delete(backend);
  // A method that other code has put over ours stays. It still calls ours, which then only calls
  // the original.
  if (!replaced || ACCELERATED.size > 0 || replaced.prototype.call !== replaced.ours) return;
  replaced.prototype.call = replaced.original;
  replaced = null;
}

/** Tells whether the layer uses the kernels of a backend. */
export function isBatchNormAccelerated(backend: string): boolean {
  return replaced !== null && ACCELERATED.has(backend);
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
