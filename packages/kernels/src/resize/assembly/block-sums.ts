/**
 * y [rows, columns, channels] = the sums of blocks of `height` × `width` pixels of
 * x [rows · height, columns · width, channels]. One pass without scratch, four channels at a time.
 */
export function blockSums(
  x: usize,
  y: usize,
  rows: i32,
  columns: i32,
  height: i32,
  width: i32,
  channels: i32,
): void {
  const pixel = (<usize>channels) << 2;
  const line = pixel * <usize>columns * <usize>width;
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) {
      sumBlock(x + <usize>(column * width) * pixel, y, height, width, line, pixel);
      y += pixel;
    }
    x += line * <usize>height;
  }
}

/** y [channels] = the sum of the pixels of one block. Its lines start every `line` bytes. */
function sumBlock(x: usize, y: usize, height: i32, width: i32, line: usize, pixel: usize): void {
  let c: usize = 0;
  for (; c + 16 <= pixel; c += 16) {
    let sum = f32x4.splat(0);
    for (let i = 0; i < height; i++) {
      let at = x + c + <usize>i * line;
      for (let k = 0; k < width; k++) {
        sum = f32x4.add(sum, v128.load(at));
        at += pixel;
      }
    }
    v128.store(y + c, sum);
  }
  for (; c < pixel; c += 4) {
    let sum: f32 = 0;
    for (let i = 0; i < height; i++) {
      let at = x + c + <usize>i * line;
      for (let k = 0; k < width; k++) {
        sum += load<f32>(at);
        at += pixel;
      }
    }
    store<f32>(y + c, sum);
  }
}
