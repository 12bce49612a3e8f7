// Batch norm with given statistics.

import { multiplyAdd } from '../../wasm/assembly/multiply-add';
import { CHUNK } from './chunk';

/**
 * y = (x − mean) · scale + offset in one pass over chunks of rows. Shapes: x, y [rows, channels];
 * the others [channels].
 */
export function normalise(
  x: usize,
  mean: usize,
  scale: usize,
  offset: usize,
  y: usize,
  rows: i32,
  channels: i32,
): void {
  const bytes = (<usize>channels) << 2;
  for (let start = 0; start < rows; start += CHUNK) {
    const first = <usize>start * bytes;
    const end = <usize>min(start + CHUNK, rows) * bytes;
    let c: usize = 0;
    for (; c + 32 <= bytes; c += 32) {
      const mean0 = v128.load(mean + c);
      const mean1 = v128.load(mean + c, 16);
      const scale0 = v128.load(scale + c);
      const scale1 = v128.load(scale + c, 16);
      const offset0 = v128.load(offset + c);
      const offset1 = v128.load(offset + c, 16);
      for (let at = first + c; at < end; at += bytes) {
        const centred0 = f32x4.sub(v128.load(x + at), mean0);
        const centred1 = f32x4.sub(v128.load(x + at, 16), mean1);
        v128.store(y + at, multiplyAdd(centred0, scale0, offset0));
        v128.store(y + at, multiplyAdd(centred1, scale1, offset1), 16);
      }
    }
    for (; c + 16 <= bytes; c += 16) {
      const average = v128.load(mean + c);
      const factor = v128.load(scale + c);
      const constant = v128.load(offset + c);
      for (let at = first + c; at < end; at += bytes) {
        const centred = f32x4.sub(v128.load(x + at), average);
        v128.store(y + at, multiplyAdd(centred, factor, constant));
      }
    }
    for (; c < bytes; c += 4) {
      const average = load<f32>(mean + c);
      const factor = load<f32>(scale + c);
      const constant = load<f32>(offset + c);
      for (let at = first + c; at < end; at += bytes) {
        store<f32>(y + at, (load<f32>(x + at) - average) * factor + constant);
      }
    }
  }
}
