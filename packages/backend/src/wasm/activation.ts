import {
  add,
  type backend_util,
  broadcastTo,
  elu,
  maximum,
  minimum,
  mul,
  relu,
  relu6,
  reshape,
  sigmoid,
  type Tensor,
} from '@tensorflow/tfjs-core';
import { kernelModule } from './kernel-module.js';

/** What a fused convolution does to the sums of the plain one. */
export interface Epilogue {
  bias?: Tensor;
  activation?: backend_util.Activation;
  preluActivationWeights?: Tensor;
  leakyreluAlpha?: number;
}

/** What `assembly/activation.ts` calls each. */
const CODES: Record<string, number> = { linear: 0, prelu: 1, leakyrelu: 1, relu: 2, relu6: 3 };

/** What `tf.leakyRelu` takes where nothing is said. */
const LEAKY_SLOPE = 0.2;

/**
 * `activation(y + bias)`, with biases and slopes of every shape that broadcasts to y's. Where these are one value, or one a
 * channel, most are a single pass over y in place; so y is the kernel's own, and only what is returned is used after.
 *
 * @throws Error if there is no such activation, or for `'prelu'` without weights.
 */
export function withEpilogue(
  kernelName: string,
  backend: unknown,
  y: Tensor,
  { bias, activation, preluActivationWeights, leakyreluAlpha }: Epilogue,
): Tensor {
  const kind = activation ?? 'linear';
  if (kind === 'prelu' && !preluActivationWeights) {
    throw new Error(`${kernelName}: preluActivationWeights must be given for 'prelu', got none`);
  }
  if (!bias && kind === 'linear') return y;
  const slope = kind === 'prelu' ? preluActivationWeights! : (leakyreluAlpha ?? LEAKY_SLOPE);
  const code = CODES[kind];
  const module = kernelModule(backend);
  const channels = y.shape.at(-1)!;
  const isSimple = [bias, slope].every((given) => isPerChannel(given, channels));
  if (!module || code === undefined || !isSimple || y.size === 0) {
    return activated(kernelName, kind, bias ? add(y, bias) : y, slope);
  }
  const { kernels, address } = module;
  const at = (given: Tensor | number) => address(perChannel(given, channels));
  const biasAt = bias ? at(bias) : 0;
  const slopeAt = code === CODES.prelu ? at(slope) : 0;
  kernels.activate(address(y), biasAt, slopeAt, y.size / channels, channels, code);
  return y;
}

/** Composed, for the rare shapes and functions. */
function activated(kernelName: string, kind: string, x: Tensor, slope: Tensor | number): Tensor {
  switch (kind) {
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
      throw new Error(`${kernelName}: activation must be one that tfjs fuses, got '${kind}'`);
  }
}

/** Whether it is one value, or one for each channel. */
function isPerChannel(given: Tensor | number | undefined, channels: number): boolean {
  if (given === undefined || typeof given === 'number') return true;
  const { shape, size } = given;
  return size === 1 || (size === channels && shape.at(-1) === channels);
}

function perChannel(given: Tensor | number, channels: number): Tensor {
  if (typeof given !== 'number' && given.size === channels) return given;
  return broadcastTo(typeof given === 'number' ? given : reshape(given, [1]), [channels]);
}
