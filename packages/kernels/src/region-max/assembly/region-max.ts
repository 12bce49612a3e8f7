// Maxima over rectangles of an NHWC image, and their gradient. Max pooling uses windows, fractional
// max-pooling random regions. A table holds the region bounds along an axis: int32 pairs of the
// first index and the index after the last. Regions may overlap. An empty region has the maximum
// −∞ and no gradient.

/**
 * y [batch, outRows, outColumns, channels]: the maximum over each region. NaN counts as the
 * largest.
 *
 * One pass without scratch. The loops run over images, regions, and blocks of 8 channels. The inner
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
  const line = <usize>width * pixel;
  let target = y;
  for (let n = 0; n < batch; n++) {
    const image = x + <usize>(n * height * width) * pixel;
    for (let i: usize = 0; i < <usize>outRows; i++) {
      const firstRow = load<i32>(rows + (i << 3));
      const endRow = load<i32>(rows + (i << 3), 4);
      for (let j: usize = 0; j < <usize>outColumns; j++) {
        const firstColumn = load<i32>(columns + (j << 3));
        const endColumn = load<i32>(columns + (j << 3), 4);
        const corner = image + <usize>(firstRow * width + firstColumn) * pixel;
        const rowsOfRegion = endRow - firstRow;
        const columnsOfRegion = endColumn - firstColumn;
        maximumOfRegion(corner, target, rowsOfRegion, columnsOfRegion, line, pixel);
        target += pixel;
      }
    }
  }
}

/**
 * The maximum over `rows` × `columns` pixels from `corner` on, for each channel. `pmax` ignores
 * NaN, and is one instruction where `max` is five. So NaN is noted apart.
 */
function maximumOfRegion(
  corner: usize,
  y: usize,
  rows: i32,
  columns: i32,
  line: usize,
  pixel: usize,
): void {
  let c: usize = 0;
  for (; c + 32 <= pixel; c += 32) {
    let best0 = f32x4.splat(-Infinity);
    let best1 = best0;
    let nans0 = i32x4.splat(0);
    let nans1 = nans0;
    for (let r = 0; r < rows; r++) {
      let at = corner + <usize>r * line + c;
      for (let k = 0; k < columns; k++) {
        const value0 = v128.load(at);
        const value1 = v128.load(at, 16);
        best0 = f32x4.pmax(best0, value0);
        best1 = f32x4.pmax(best1, value1);
        nans0 = v128.or(nans0, f32x4.ne(value0, value0));
        nans1 = v128.or(nans1, f32x4.ne(value1, value1));
        at += pixel;
      }
    }
    v128.store(y + c, v128.bitselect(f32x4.splat(NaN), best0, nans0));
    v128.store(y + c, v128.bitselect(f32x4.splat(NaN), best1, nans1), 16);
  }
  for (; c + 16 <= pixel; c += 16) {
    let best = f32x4.splat(-Infinity);
    let nans = i32x4.splat(0);
    for (let r = 0; r < rows; r++) {
      let at = corner + <usize>r * line + c;
      for (let k = 0; k < columns; k++) {
        const value = v128.load(at);
        best = f32x4.pmax(best, value);
        nans = v128.or(nans, f32x4.ne(value, value));
        at += pixel;
      }
    }
    v128.store(y + c, v128.bitselect(f32x4.splat(NaN), best, nans));
  }
  // One lane, as a branch for each value takes longer.
  for (; c < pixel; c += 4) {
    let best = f32x4.splat(-Infinity);
    let nans = i32x4.splat(0);
    for (let r = 0; r < rows; r++) {
      let at = corner + <usize>r * line + c;
      for (let k = 0; k < columns; k++) {
        const value = v128.load32_zero(at);
        best = f32x4.pmax(best, value);
        nans = v128.or(nans, f32x4.ne(value, value));
        at += pixel;
      }
    }
    v128.store32_lane(y + c, v128.bitselect(f32x4.splat(NaN), best, nans), 0);
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
