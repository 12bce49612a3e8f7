import { batchNormTraining, batchNormTrainingKernel } from '@ds/kernels';
import {
  dispose,
  getBackend,
  mul,
  scalar,
  sub,
  type Tensor,
  type Tensor1D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { layerPrototype } from '../replacements/layer-prototype.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';

/** The parts of tfjs's layer that its training call uses. */
interface BatchNormalization extends layers.Layer {
  /** A model that Keras saved has a list with one axis. */
  axis: number | [number];
  momentum: number;
  epsilon: number;
  gamma?: LayerVariable;
  beta?: LayerVariable;
  movingMean: LayerVariable;
  movingVariance: LayerVariable;
}

/** The prototype of tfjs-layers' batch norm, after a backend has requested the change. */
let prototype: BatchNormalization | undefined;

/**
 * Runs the training call of tfjs-layers' batch norm on the kernels of a backend, for every model in
 * the process. On other backends, and for a normalised axis other than the last, the layer is
 * unchanged. Its own gradient makes many passes over the activations, and tiles the statistics to
 * their size. If tfjs-layers is not installed, nothing happens.
 */
export async function acceleratedBatchNorm(backend: string): Promise<void> {
  prototype ??= await layerPrototype<BatchNormalization>((of) =>
    of.batchNormalization({ name: 'probe' }),
  );
  if (!prototype) return;
  replaceMethod(
    prototype,
    'call',
    (below) =>
      function (this: BatchNormalization, inputs, kwargs) {
        const [x, ...others] = [inputs].flat() as [Tensor, ...Tensor[]];
        const lastAxis = [-1, x.rank - 1].includes([this.axis].flat()[0]!);
        const { gamma, beta } = this;
        const here = getBackend() === backend && batchNormTrainingKernel.isHere();
        // tfjs refuses several inputs.
        if (!here || !kwargs?.training || !lastAxis || !gamma || !beta || others.length > 0) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => {
          const { y, mean, variance } = batchNormTraining(
            x,
            gamma.read() as Tensor1D,
            beta.read() as Tensor1D,
            this.epsilon,
          );
          const move = backend === 'wasm' ? moveOnHost : moveOnDevice;
          move(this.movingMean, mean, this.momentum);
          move(this.movingVariance, variance, this.momentum);
          dispose([mean, variance]);
          return y;
        });
      },
  );
}

/** Restores tfjs-layers' batch norm on a backend. */
export function plainBatchNorm(backend: string): void {
  if (prototype) takeBackMethods(prototype, `${backend}/${batchNormTrainingKernel.name}`);
}

/**
 * Updates a moving average of the layer: `a − (a − value) · (1 − momentum)`, rounded to float32
 * after every operation. tfjs would record kernels of the forward pass for the gradient, and clone
 * their inputs: a third of all kernels of a training step.
 */
function moveOnHost(average: LayerVariable, value: Tensor, momentum: number): void {
  const rate = Math.fround(1 - momentum);
  const [current, target] = [average.read().dataSync(), value.dataSync()];
  const moved = new Float32Array(current.length);
  for (let i = 0; i < moved.length; i++) {
    const difference = Math.fround(current[i]! - target[i]!);
    moved[i] = current[i]! - Math.fround(difference * rate);
  }
  average.write(tensor(moved, value.shape));
}

/** {@link moveOnHost} without a read, which would stall the device. */
function moveOnDevice(average: LayerVariable, value: Tensor, momentum: number): void {
  const current = average.read();
  average.write(sub(current, mul(sub(current, value), scalar(1 - momentum))));
}
