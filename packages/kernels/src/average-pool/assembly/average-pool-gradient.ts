/**
 * Gradient of an average over windows, for one image: dx [inHeight, inWidth, channels] = Σ over the
 * windows that contain the pixel of dy [outHeight, outWidth, channels] / (height · width). `top`
 * and `left` count the padding. One pass without scratch, four channels at a time.
 */
export function averagePoolGradient(
  dy: usize,
  dx: usize,
  inHeight: i32,
  inWidth: i32,
  outHeight: i32,
  outWidth: i32,
  channels: i32,
  height: i32,
  width: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const line = pixel * <usize>inWidth;
  const share: f32 = <f32>1 / <f32>(height * width);
  memory.fill(dx, 0, line * <usize>inHeight);
  for (let i = 0; i < outHeight; i++) {
    const row = i * strideHeight - top;
    const firstRow = max(row, 0);
    const endRow = min(row + height, inHeight);
    for (let j = 0; j < outWidth; j++) {
      const column = j * strideWidth - left;
      const firstColumn = max(column, 0);
      const count = min(column + width, inWidth) - firstColumn;
      for (let r = firstRow; r < endRow; r++) {
        let to = dx + <usize>r * line + <usize>firstColumn * pixel;
        for (let k = 0; k < count; k++) {
          addShare(dy, to, pixel, share);
          to += pixel;
        }
      }
      dy += pixel;
    }
  }
}

/** y += share · x, over the channels of a pixel. */
function addShare(x: usize, y: usize, bytes: usize, share: f32): void {
  const shares = f32x4.splat(share);
  let c: usize = 0;
  for (; c + 16 <= bytes; c += 16) {
    const added = f32x4.mul(v128.load(x + c), shares);
    v128.store(y + c, f32x4.add(v128.load(y + c), added));
  }
  for (; c < bytes; c += 4) {
    store<f32>(y + c, load<f32>(y + c) + load<f32>(x + c) * share);
  }
}
