import {
  add,
  type backend_util,
  elu,
  engine,
  type FusedConv2DAttrs,
  type KernelFunc,
  maximum,
  minimum,
  mul,
  type NamedAttrMap,
  relu,
  relu6,
  sigmoid,
  type Tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { withChannelsFirst } from './channels-first.js';

/** What a fused convolution does to the sums of the plain one. */
export interface Epilogue {
  bias: Tensor | undefined;
  activation: backend_util.Activation;
  /** By which negative values are multiplied, where the activation does that. */
  slope: Tensor | number;
}

/** What `tf.leakyRelu` takes where nothing is said. */
const LEAKY_SLOPE = 0.2;

/**
 * A kernel of a convolution with bias and activation by the plain one: `activation(convolution + bias)`. Biases and slopes
 * may have every shape that broadcasts to the result's. `inPlace` may work on the plain result, or return `null`.
 */
export function fusedKernel(
  kernelName: string,
  plain: string,
  inPlace: (backend: unknown, y: Tensor, epilogue: Epilogue) => Tensor | null = () => null,
): KernelFunc {
  return withChannelsFirst(kernelName, true, ({ inputs, attrs, backend }) => {
    const { x, filter } = inputs as unknown as Record<'x' | 'filter', Tensor>;
    const epilogue = epilogueOf(kernelName, inputs as never, attrs as never);
    return tidy(() => {
      const y = engine().runKernel(plain, { x, filter }, attrs as NamedAttrMap) as Tensor;
      if (!epilogue.bias && epilogue.activation === 'linear') return y;
      const { bias, activation, slope } = epilogue;
      return (
        inPlace(backend, y, epilogue) ??
        activated(kernelName, activation, bias ? add(y, bias) : y, slope)
      );
    });
  });
}

/** A fused kernel of tfjs's that is told the slope of `'leakyrelu'` where the caller left it out, instead of NaN. */
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

/** Whether something is one value, or one for each channel. */
export function isPerChannel(given: Tensor | number | undefined, channels: number): boolean {
  if (given === undefined || typeof given === 'number') return true;
  const { shape, size } = given;
  return size === 1 || (size === channels && shape.at(-1) === channels);
}

function activated(
  kernelName: string,
  activation: backend_util.Activation,
  x: Tensor,
  slope: Tensor | number,
): Tensor {
  switch (activation) {
    case 'linear':
      return x;
    case 'relu':
      return relu(x);
    case 'relu6':
      return relu6(x);
    case 'elu':
      return elu(x);
    case 'sigmoid':
      return sigmoid(x);
    case 'prelu':
    case 'leakyrelu':
      return add(maximum(x, 0), mul(slope, minimum(x, 0)));
    default:
      throw new Error(`${kernelName}: activation must be one that tfjs fuses, got '${activation}'`);
  }
}
