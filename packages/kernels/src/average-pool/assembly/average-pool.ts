/**
 * Average over the pixels of each window that lie inside the image, for one image: y [outHeight,
 * outWidth, channels]. `top` and `left` count the padding. Every window has a pixel of the image.
 *
 * One pass without scratch, four channels at a time. The sum of a window stays in a register.
 */
export function averagePool(
  x: usize,
  y: usize,
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
  for (let i = 0; i < outHeight; i++) {
    const row = i * strideHeight - top;
    const firstRow = max(row, 0);
    const rows = min(row + height, inHeight) - firstRow;
    for (let j = 0; j < outWidth; j++) {
      const column = j * strideWidth - left;
      const firstColumn = max(column, 0);
      const columns = min(column + width, inWidth) - firstColumn;
      const corner = x + <usize>firstRow * line + <usize>firstColumn * pixel;
      meanOfWindow(corner, y, rows, columns, line, pixel);
      y += pixel;
    }
  }
}

/** The mean of `rows` × `columns` pixels from `corner` on, for each channel. */
function meanOfWindow(
  corner: usize,
  y: usize,
  rows: i32,
  columns: i32,
  line: usize,
  pixel: usize,
): void {
  const share: f32 = <f32>1 / <f32>(rows * columns);
  let c: usize = 0;
  for (; c + 16 <= pixel; c += 16) {
    let sum = f32x4.splat(0);
    for (let r = 0; r < rows; r++) {
      let at = corner + <usize>r * line + c;
      for (let k = 0; k < columns; k++) {
        sum = f32x4.add(sum, v128.load(at));
        at += pixel;
      }
    }
    v128.store(y + c, f32x4.mul(sum, f32x4.splat(share)));
  }
  for (; c < pixel; c += 4) {
    let sum: f32 = 0;
    for (let r = 0; r < rows; r++) {
      let at = corner + <usize>r * line + c;
      for (let k = 0; k < columns; k++) {
        sum += load<f32>(at);
        at += pixel;
      }
    }
    store<f32>(y + c, sum * share);
  }
}
