// Adds the bias and applies the activation after a convolution, in place.

/** Multiplies negative values by `slope`, and keeps other values. */
const SLOPED: i32 = 1;
const RELU: i32 = 2;
const RELU6: i32 = 3;

/**
 * y = activation(y + bias), in place, in one pass over the rows without scratch. Shapes: y
 * [rows, period]; bias, slope [period]. NaN stays NaN. A bias of address 0 means no bias.
 */
export function activate(
  y: usize,
  bias: usize,
  slope: usize,
  rows: i32,
  period: i32,
  activation: i32,
): void {
  const bytes = (<usize>period) << 2;
  const zero = f32x4.splat(0);
  const six = f32x4.splat(6);
  for (let r = 0; r < rows; r++) {
    let at: usize = 0;
    for (; at + 16 <= bytes; at += 16) {
      let value = v128.load(y + at);
      if (bias !== 0) value = f32x4.add(value, v128.load(bias + at));
      if (activation === SLOPED) {
        const sloped = f32x4.mul(value, v128.load(slope + at));
        value = v128.bitselect(sloped, value, f32x4.lt(value, zero));
      } else if (activation >= RELU) {
        value = f32x4.max(value, zero);
        if (activation === RELU6) value = f32x4.min(value, six);
      }
      v128.store(y + at, value);
    }
    for (; at < bytes; at += 4) {
      let value = load<f32>(y + at);
      if (bias !== 0) value += load<f32>(bias + at);
      if (activation === SLOPED) {
        if (value < 0) value *= load<f32>(slope + at);
      } else if (activation >= RELU) {
        value = max<f32>(value, 0);
        if (activation === RELU6) value = min<f32>(value, 6);
      }
      store<f32>(y + at, value);
    }
    y += bytes;
  }
}
