import { gather, pad, reshape, slice, type Tensor2D, tensor1d } from '@tensorflow/tfjs-core';
import { greatestCommonDivisor } from './greatest-common-divisor.js';
import type { ZerosAround } from './zeros-around.js';

/** How sounds are cut into frames. */
export interface Framing extends ZerosAround {
  /** Samples in a frame. */
  frameLength: number;
  /** Samples from one frame's start to the next. */
  hopLength: number;
  /** Number of frames. */
  count: number;
}

/**
 * Cuts sounds into frames: frame m begins at sample `m · hopLength − before`. Blocks of
 * gcd(frameLength, hopLength) samples are gathered in one op. Nothing is read back. It is
 * differentiable. Belongs in a `tidy`.
 *
 * Shapes: `[batch, samples]` → `[batch · count, frameLength]`.
 */
export function framesOf(x: Tensor2D, framing: Framing): Tensor2D {
  const { frameLength, hopLength, count, before, after } = framing;
  const [batch, samples] = x.shape;
  const block = greatestCommonDivisor(frameLength, hopLength);
  const [perFrame, perHop] = [frameLength / block, hopLength / block];
  const blocks = (count - 1) * perHop + perFrame;
  const around: [number, number][] = [
    [0, 0],
    [before, after],
  ];
  const padded = before + after === 0 ? x : pad(x, around);
  const needed = blocks * block;
  const whole =
    needed === before + samples + after ? padded : slice(padded, [0, 0], [batch, needed]);
  const places = Int32Array.from(
    { length: count * perFrame },
    (_, i) => Math.floor(i / perFrame) * perHop + (i % perFrame),
  );
  const gathered = gather(reshape(whole, [batch, blocks, block]), tensor1d(places, 'int32'), 1);
  return reshape(gathered, [batch * count, frameLength]);
}
