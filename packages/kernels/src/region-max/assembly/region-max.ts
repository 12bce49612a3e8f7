// Maxima over rectangles of an NHWC image, and their gradient. Max pooling uses windows, fractional
// max-pooling random regions. A table holds the region bounds along an axis: int32 pairs of the
// first index and the index after the last. Regions may overlap. An empty region has the maximum
// −∞ and no gradient.

/**
 * y [batch, outRows, outColumns, channels]: the maximum over each region. NaN counts as the
 * largest.
 *
 * One pass without scratch. The loops run over images, regions, and blocks of 4 channels. The inner
 * loops run over the pixels of a region, with the maximum in registers.
 */
export function regionMax(
  x: usize,
  y: usize,
  rows: usize,
  columns: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outRows: i32,
  outColumns: i32,
): void {
  const pixel = (<usize>channels) << 2;
  let target = y;
  for (let n = 0; n < batch; n++) {
    const image = x + <usize>(n * height * width) * pixel;
    for (let i: usize = 0; i < <usize>outRows; i++) {
      const firstRow = load<i32>(rows + (i << 3));
      const endRow = load<i32>(rows + (i << 3), 4);
      for (let j: usize = 0; j < <usize>outColumns; j++) {
        const firstColumn = load<i32>(columns + (j << 3));
        const endColumn = load<i32>(columns + (j << 3), 4);
        let c: usize = 0;
        for (; c + 16 <= pixel; c += 16) {
          let best = f32x4.splat(-Infinity);
          for (let row = firstRow; row < endRow; row++) {
            let at = image + <usize>(row * width + firstColumn) * pixel + c;
            for (let column = firstColumn; column < endColumn; column++) {
              best = f32x4.max(best, v128.load(at));
              at += pixel;
            }
          }
          v128.store(target + c, best);
        }
        for (; c < pixel; c += 4) {
          let best = <f32>-Infinity;
          for (let row = firstRow; row < endRow; row++) {
            let at = image + <usize>(row * width + firstColumn) * pixel + c;
            for (let column = firstColumn; column < endColumn; column++) {
              best = max(best, load<f32>(at));
              at += pixel;
            }
          }
          store<f32>(target + c, best);
        }
        target += pixel;
      }
    }
  }
}

/**
 * dx += dy at the maximum of each region. Of equal maxima, the first in row-major order gets the
 * gradient. NaN counts as the largest.
 *
 * One pass without scratch; dx is cleared first. The loops are those of `regionMax`. The inner
 * loops keep the maximum and its offset in registers.
 */
export function regionMaxGradient(
  x: usize,
  dy: usize,
  dx: usize,
  rows: usize,
  columns: usize,
  batch: i32,
  height: i32,
  width: i32,
  channels: i32,
  outRows: i32,
  outColumns: i32,
): void {
  memory.fill(dx, 0, (<usize>batch * height * width * channels) << 2);
  const pixel = (<usize>channels) << 2;
  let upstream = dy;
  for (let n = 0; n < batch; n++) {
    const offset = <usize>(n * height * width) * pixel;
    for (let i: usize = 0; i < <usize>outRows; i++) {
      const firstRow = load<i32>(rows + (i << 3));
      const endRow = load<i32>(rows + (i << 3), 4);
      for (let j: usize = 0; j < <usize>outColumns; j++) {
        const firstColumn = load<i32>(columns + (j << 3));
        const endColumn = load<i32>(columns + (j << 3), 4);
        if (firstRow >= endRow || firstColumn >= endColumn) {
          upstream += pixel;
          continue;
        }
        const corner = offset + <usize>(firstRow * width + firstColumn) * pixel;
        let c: usize = 0;
        for (; c + 16 <= pixel; c += 16) {
          let best = v128.load(x + corner + c);
          let winner = i32x4.splat(<i32>corner);
          for (let row = firstRow; row < endRow; row++) {
            let at = offset + <usize>(row * width + firstColumn) * pixel;
            for (let column = firstColumn; column < endColumn; column++) {
              const value = v128.load(x + at + c);
              // A value that is not ≤ is larger, or NaN. Once `best` is NaN, it does not change.
              const larger = v128.andnot(f32x4.eq(best, best), f32x4.le(value, best));
              best = v128.bitselect(value, best, larger);
              winner = v128.bitselect(i32x4.splat(<i32>at), winner, larger);
              at += pixel;
            }
          }
          const to = dx + c;
          add(to + <usize>i32x4.extract_lane(winner, 0), upstream + c);
          add(to + <usize>i32x4.extract_lane(winner, 1) + 4, upstream + c + 4);
          add(to + <usize>i32x4.extract_lane(winner, 2) + 8, upstream + c + 8);
          add(to + <usize>i32x4.extract_lane(winner, 3) + 12, upstream + c + 12);
        }
        for (; c < pixel; c += 4) {
          let best = load<f32>(x + corner + c);
          let winner = corner;
          for (let row = firstRow; row < endRow; row++) {
            let at = offset + <usize>(row * width + firstColumn) * pixel;
            for (let column = firstColumn; column < endColumn; column++) {
              const value = load<f32>(x + at + c);
              if (!(value <= best) && !F32.isNaN(best)) {
                best = value;
                winner = at;
              }
              at += pixel;
            }
          }
          add(dx + winner + c, upstream + c);
        }
        upstream += pixel;
      }
    }
  }
}

/** Adds one float to another in memory. */
function add(to: usize, from: usize): void {
  store<f32>(to, load<f32>(to) + load<f32>(from));
}
