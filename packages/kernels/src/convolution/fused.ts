import {
  add,
  type backend_util,
  type FusedConv2DAttrs,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import type { BackendKernel, KernelFuncOf } from '../backend-kernel.js';
import { Kernel } from '../kernel.js';
import { activated } from './activation.js';
import { withChannelsFirst } from './channels-first.js';

/** The inputs of a fused convolution. */
export type FusedInputs = Record<'x' | 'filter', Tensor> & {
  bias?: Tensor;
  preluActivationWeights?: Tensor;
};

export type FusedConvolution = BackendKernel<FusedInputs, FusedConv2DAttrs>;

/** The operations that a fused convolution applies to the result of the plain convolution. */
export interface Epilogue {
  bias: Tensor | undefined;
  activation: backend_util.Activation;
  /** The factor of negative values, for activations that have one. */
  slope: Tensor | number;
}

/** The default slope of `tf.leakyRelu`. */
export const LEAKY_SLOPE = 0.2;

/**
 * Makes a fused convolution kernel from the plain one: `activation(convolution + bias)`. Biases and
 * slopes may have any shape that broadcasts to the shape of the result. `inPlace` may change the
 * plain result and return it, or return `null`.
 */
export function fusedKernel(
  kernelName: string,
  plain: string,
  inPlace: (backend: unknown, y: Tensor, epilogue: Epilogue) => Tensor | null = () => null,
): KernelFuncOf<FusedInputs, FusedConv2DAttrs> {
  const convolution = new Kernel<Record<'x' | 'filter', Tensor>, object, Tensor>(plain);
  return withChannelsFirst(kernelName, true, ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs;
    const epilogue = epilogueOf(kernelName, inputs, attrs);
    return tidy(() => {
      const y = convolution.run({ x, filter }, attrs);
      if (!epilogue.bias && epilogue.activation === 'linear') return y;
      const { bias, activation, slope } = epilogue;
      return inPlace(backend, y, epilogue) ?? activated(bias ? add(y, bias) : y, activation, slope);
    });
  });
}

/**
 * Wraps a fused kernel of tfjs. If the caller omits the slope of `'leakyrelu'`, it passes the
 * default. tfjs would use NaN.
 */
export function withSlope<Inputs, Attributes extends FusedConv2DAttrs>(
  kernel: KernelFuncOf<Inputs, Attributes>,
): KernelFuncOf<Inputs, Attributes> {
  return (args) => {
    const { activation, leakyreluAlpha } = args.attrs;
    if (activation !== 'leakyrelu' || leakyreluAlpha !== undefined) return kernel(args);
    return kernel({ ...args, attrs: { ...args.attrs, leakyreluAlpha: LEAKY_SLOPE } });
  };
}

function epilogueOf(
  kernelName: string,
  { bias, preluActivationWeights }: FusedInputs,
  attrs: FusedConv2DAttrs,
): Epilogue {
  const activation = attrs.activation ?? 'linear';
  if (activation !== 'prelu') {
    return { bias, activation, slope: attrs.leakyreluAlpha ?? LEAKY_SLOPE };
  }
  if (preluActivationWeights) return { bias, activation, slope: preluActivationWeights };
  throw new Error(`${kernelName}: preluActivationWeights must be given for 'prelu', got none`);
}

/** Whether a bias or slope is one value, or one per channel. */
export function isPerChannel(given: Tensor | number | undefined, channels: number): boolean {
  if (given === undefined || typeof given === 'number') return true;
  const { shape, size } = given;
  return size === 1 || (size === channels && shape.at(-1) === channels);
}
