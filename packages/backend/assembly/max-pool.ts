// The gradient of 2-D max pooling, NHWC.

/**
 * dx += dy at the maximum of each window; ties go to the first in row-major order. Windows may
 * overlap: their gradients add.
 */
export function maxPoolGradient(
  x: usize,
  dy: usize,
  dx: usize,
  batch: i32,
  inHeight: i32,
  inWidth: i32,
  channels: i32,
  outHeight: i32,
  outWidth: i32,
  filterHeight: i32,
  filterWidth: i32,
  strideHeight: i32,
  strideWidth: i32,
  top: i32,
  left: i32,
): void {
  memory.fill(dx, 0, (<usize>batch * inHeight * inWidth * channels) << 2);
  const pixel = (<usize>channels) << 2;
  for (let n = 0; n < batch; n++) {
    const image = <usize>(n * inHeight * inWidth) * pixel;
    for (let p = 0; p < outHeight; p++) {
      const firstRow = max(0, p * strideHeight - top);
      const endRow = min(inHeight, p * strideHeight - top + filterHeight);
      for (let q = 0; q < outWidth; q++) {
        const firstColumn = max(0, q * strideWidth - left);
        const endColumn = min(inWidth, q * strideWidth - left + filterWidth);
        const upstream = dy + <usize>((n * outHeight + p) * outWidth + q) * pixel;
        for (let c: usize = 0; c < pixel; c += 4) {
          let best = <f32>-Infinity;
          let at: usize = 0;
          let found = false;
          for (let row = firstRow; row < endRow; row++) {
            for (let column = firstColumn; column < endColumn; column++) {
              const offset = image + <usize>(row * inWidth + column) * pixel + c;
              const value = load<f32>(x + offset);
              if (!found || value > best) {
                best = value;
                at = offset;
                found = true;
              }
            }
          }
          if (found) store<f32>(dx + at, load<f32>(dx + at) + load<f32>(upstream + c));
        }
      }
    }
  }
}
