import {
  add,
  type backend_util,
  type FusedConv2DAttrs,
  type KernelFunc,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { Kernel } from '../kernel.js';
import { activated } from './activation.js';
import { withChannelsFirst } from './channels-first.js';

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
): KernelFunc {
  const convolution = new Kernel<Record<'x' | 'filter', Tensor>, object, Tensor>(plain);
  return withChannelsFirst(kernelName, true, ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as unknown as Record<'x' | 'filter', Tensor>;
    const epilogue = epilogueOf(kernelName, inputs as never, attrs as never);
    return tidy(() => {
      const y = convolution.run({ x, filter }, attrs ?? {});
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
export function withSlope(kernel: KernelFunc): KernelFunc {
  return (args) => {
    const { activation, leakyreluAlpha } = args.attrs as unknown as FusedConv2DAttrs;
    if (activation !== 'leakyrelu' || leakyreluAlpha !== undefined) return kernel(args);
    return kernel({ ...args, attrs: { ...args.attrs, leakyreluAlpha: LEAKY_SLOPE } });
  };
}

function epilogueOf(
  kernelName: string,
  { bias, preluActivationWeights }: { bias?: Tensor; preluActivationWeights?: Tensor },
  attrs: { activation?: backend_util.Activation; leakyreluAlpha?: number },
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
