import {
  add,
  conv2d,
  engine,
  getBackend,
  type Tensor,
  type Tensor4D,
  tidy,
  transpose,
} from '@tensorflow/tfjs-core';
import type { LayerVariable, layers } from '@tensorflow/tfjs-layers';
import { registerDilatedGradients } from '../gradients/dilated-convolution.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';

/** The parts of tfjs's layer that a convolution uses. */
interface Conv2D extends layers.Layer {
  kernel: LayerVariable;
  bias?: LayerVariable | null;
  activation?: { apply(x: Tensor): Tensor } | null;
  strides: [number, number];
  padding: 'valid' | 'same' | 'causal';
  dataFormat: 'channelsFirst' | 'channelsLast';
  dilationRate: number | [number, number];
}

/** The prototype of tfjs-layers' 2-D convolution, after a backend has requested the change. */
let prototype: Conv2D | undefined;

/**
 * Registers the gradients of a dilated `tf.conv2d` on a backend, and runs dilated convolutions of
 * tfjs-layers on it while a gradient is computed, for every model in the process. tfjs runs them on
 * its fused convolution. The gradient of that refuses dilations, and is in no registry. Without
 * tfjs-layers, there is only the gradient. Returns false if a gradient kernel is missing.
 */
export async function differentiableDilation(backend: string): Promise<boolean> {
  if (!registerDilatedGradients(backend)) {
    plainDilation(backend);
    return false;
  }
  prototype ??= await convolution();
  if (!prototype) return true;
  replaceMethod(
    prototype,
    'call',
    (below) =>
      function (this: Conv2D, inputs, kwargs) {
        const isDilated = [this.dilationRate].flat().some((step) => step > 1);
        const hasGradient = engine().state.gradientDepth > 0;
        // tfjs refuses causal padding.
        const isUnfused = hasGradient && isDilated && this.padding !== 'causal';
        const [x, ...others] = [inputs].flat();
        // tfjs refuses several inputs.
        if (getBackend() !== backend || !isUnfused || others.length > 0) {
          return below.call(this, inputs, kwargs);
        }
        return tidy(() => unfused(this, x as Tensor4D));
      },
  );
  return true;
}

async function convolution(): Promise<Conv2D | undefined> {
  try {
    const { layers } = await import('@tensorflow/tfjs-layers');
    // With a name, it takes no number of the default names.
    const layer = layers.conv2d({ name: 'probe', filters: 1, kernelSize: 1 });
    return Object.getPrototypeOf(layer) as Conv2D;
  } catch {
    return undefined;
  }
}

/** Restores tfjs-layers' 2-D convolution on a backend. */
export function plainDilation(backend: string): void {
  if (prototype) takeBackMethods(prototype, `${backend}/dilated-gradient`);
}

/** The layer's convolution, bias and activation, one after the other. */
function unfused(layer: Conv2D, input: Tensor4D): Tensor {
  const { strides, padding, dilationRate, kernel, bias, activation } = layer;
  const isFirst = layer.dataFormat === 'channelsFirst';
  const x = isFirst ? transpose(input, [0, 2, 3, 1]) : input;
  const pad = padding === 'same' ? 'same' : 'valid';
  const filter = kernel.read() as Tensor4D;
  const convolved = conv2d(x, filter, strides, pad, 'NHWC', dilationRate);
  const biased = bias ? add(convolved, bias.read()) : convolved;
  const y = isFirst ? transpose(biased, [0, 3, 1, 2]) : biased;
  return activation ? activation.apply(y) : y;
}
