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
import { layerPrototype } from '../replacements/layer-prototype.js';
import { replaceMethod, takeBackMethods } from '../replacements/methods.js';

/** The parts of tfjs's layer that a convolution uses. */
export interface Conv2DLayer extends layers.Layer {
  kernel: LayerVariable;
  bias?: LayerVariable | null;
  activation?: { apply(x: Tensor): Tensor; getClassName(): string } | null;
  strides: [number, number];
  padding: 'valid' | 'same' | 'causal';
  dataFormat: 'channelsFirst' | 'channelsLast';
  dilationRate: number | [number, number];
}

/** The prototype of tfjs-layers' 2-D convolution, after a backend has requested a change. */
let prototype: Conv2DLayer | undefined;

/**
 * Runs convolutions of tfjs-layers on `tf.conv2d` while a gradient is computed on a backend, for
 * every model in the process. tfjs runs them on its fused convolution. The gradient of that is in
 * no registry, so nothing can replace it. Returns false without tfjs-layers.
 *
 * @param applies whether a layer is run this way. Others keep the fused convolution.
 */
export async function unfuseConvolutions(
  backend: string,
  applies: (layer: Conv2DLayer) => boolean,
): Promise<boolean> {
  prototype ??= await layerPrototype<Conv2DLayer>((of) =>
    of.conv2d({ name: 'probe', filters: 1, kernelSize: 1 }),
  );
  if (!prototype) return false;
  replaceMethod(
    prototype,
    'call',
    (below) =>
      function (this: Conv2DLayer, inputs, kwargs) {
        const list = [inputs].flat();
        const hasGradient = getBackend() === backend && engine().state.gradientDepth > 0;
        // tfjs refuses causal padding and several inputs.
        const isValid = this.padding !== 'causal' && list.length === 1;
        if (!hasGradient || !isValid || !applies(this)) return below.call(this, inputs, kwargs);
        return tidy(() => unfused(this, list[0] as Tensor4D));
      },
  );
  return true;
}

/** Reverts what a change made by {@link unfuseConvolutions}. */
export function fuseConvolutions(change: string): void {
  if (prototype) takeBackMethods(prototype, change);
}

/** The layer's convolution, bias and activation, one after the other. */
function unfused(layer: Conv2DLayer, input: Tensor4D): Tensor {
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
