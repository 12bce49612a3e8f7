import { broadcastTo, reshape, type Tensor } from '@tensorflow/tfjs-core';
import { kernelModule } from '../wasm/kernel-module.js';
import { type Epilogue, isPerChannel } from './fused.js';

/** The codes of the activations in `assembly/activation.ts`. */
const CODES: Record<string, number> = { linear: 0, prelu: 1, leakyrelu: 1, relu: 2, relu6: 3 };

/**
 * Applies bias and activation in one pass over y. Returns `null` if bias or slope is not one value
 * or one per channel, if the activation has no code, or if the SIMD kernels are not linked.
 */
export function activatedInPlace(
  backend: unknown,
  y: Tensor,
  { bias, activation, slope }: Epilogue,
): Tensor | null {
  const code = CODES[activation];
  const module = kernelModule(backend);
  const channels = y.shape.at(-1)!;
  const isSimple = [bias, slope].every((given) => isPerChannel(given, channels));
  if (!module || code === undefined || !isSimple || y.size === 0) return null;
  const { kernels, address } = module;
  const at = (given: Tensor | number) => address(perChannel(given, channels));
  const biasAt = bias ? at(bias) : 0;
  const slopeAt = code === CODES.prelu ? at(slope) : 0;
  kernels.activate({
    y: address(y),
    bias: biasAt,
    slope: slopeAt,
    rows: y.size / channels,
    period: channels,
    activation: code,
  });
  return y;
}

function perChannel(given: Tensor | number, channels: number): Tensor {
  if (typeof given !== 'number' && given.size === channels) return given;
  return broadcastTo(typeof given === 'number' ? given : reshape(given, [1]), [channels]);
}
