import { take, takeValues, word } from './building';
import { mostColumns, planColumns, transformColumns } from './columns';
import { lanes } from './lanes';
import { forwardReal, inverseReal, planReal } from './real';
import { scale } from './scale';

// The DFT of real planes: real along the rows, then complex along the columns. Words of a plan: 0
// the height, 4 the width, 8 and 12 the plans of rows and columns, 16 to 28 the real and imaginary
// parts of two half-spectra, 32 values from one row of them to the next, 36 a row.

/** Plans real DFTs of planes. */
export function planPlane<T>(height: u32, width: u32): usize {
  const plan = take(48);
  const bins = width / 2 + 1;
  const pitch = max(bins, <u32>lanes<T>());
  word(plan, height);
  word(plan + 4, width);
  word(plan + 8, <u32>planReal<T>(width));
  word(plan + 12, <u32>planColumns<T>(height, mostColumns<T>(height)));
  word(plan + 16, <u32>takeValues<T>(height * pitch));
  word(plan + 20, <u32>takeValues<T>(height * pitch));
  const narrow: u32 = bins < pitch ? height * pitch : 0;
  word(plan + 24, <u32>takeValues<T>(narrow));
  word(plan + 28, <u32>takeValues<T>(narrow));
  word(plan + 32, pitch);
  word(plan + 36, <u32>takeValues<T>(width));
  return plan;
}

/** The half-spectrum of a plane, times `factor`. */
export function forwardPlane<T>(plan: usize, x: usize, real: usize, imag: usize, factor: T): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const row = <usize>load<u32>(plan, 8);
  const scaled = <usize>load<u32>(plan, 36);
  const pitch = <usize>load<u32>(plan, 32) * sizeof<T>();
  const isLine = height === 1;
  const hr = isLine ? real : <usize>load<u32>(plan, 16);
  const hi = isLine ? imag : <usize>load<u32>(plan, 20);
  for (let p: usize = 0; p < height; p++) {
    let from = x + p * width * sizeof<T>();
    if (factor !== 1) {
      scale<T>(from, scaled, width, factor);
      from = scaled;
    }
    forwardReal<T>(row, from, hr + p * pitch, hi + p * pitch);
  }
  if (isLine) return;
  const bins = width / 2 + 1;
  const bytes = bins * sizeof<T>();
  if (bytes === pitch) alongHeight<T>(plan, bins, hr, hi, bytes, real, imag, 1);
  else {
    const nr = <usize>load<u32>(plan, 24);
    const ni = <usize>load<u32>(plan, 28);
    alongHeight<T>(plan, lanes<T>(), hr, hi, pitch, nr, ni, 1);
    copyRows(height, bytes, pitch, nr, bytes, real);
    copyRows(height, bytes, pitch, ni, bytes, imag);
  }
}

/** The plane of a half-spectrum, times `factor`. 1/(HW) inverts {@link forwardPlane}. */
export function inversePlane<T>(plan: usize, real: usize, imag: usize, x: usize, factor: T): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const row = <usize>load<u32>(plan, 8);
  const pitch = <usize>load<u32>(plan, 32) * sizeof<T>();
  const bins = width / 2 + 1;
  const bytes = bins * sizeof<T>();
  const isLine = height === 1;
  const hr = isLine ? real : <usize>load<u32>(plan, 16);
  const hi = isLine ? imag : <usize>load<u32>(plan, 20);
  // Swapping real and imaginary parts turns the forward DFT into the inverse.
  if (!isLine && bytes === pitch) alongHeight<T>(plan, bins, imag, real, bytes, hi, hr, factor);
  else if (!isLine) {
    const nr = <usize>load<u32>(plan, 24);
    const ni = <usize>load<u32>(plan, 28);
    copyRows(height, bytes, bytes, real, pitch, nr);
    copyRows(height, bytes, bytes, imag, pitch, ni);
    alongHeight<T>(plan, lanes<T>(), ni, nr, pitch, hi, hr, factor);
  }
  for (let p: usize = 0; p < height; p++) {
    const to = x + p * width * sizeof<T>();
    inverseReal<T>(row, hr + p * pitch, hi + p * pitch, to, isLine ? factor : 1);
  }
}

/** Transforms all columns, block by block. The last block overlaps the one before it. */
function alongHeight<T>(
  plan: usize,
  bins: usize,
  xr: usize,
  xi: usize,
  pitch: usize,
  yr: usize,
  yi: usize,
  factor: T,
): void {
  const column = <usize>load<u32>(plan, 12);
  const most = <usize>mostColumns<T>(load<u32>(plan));
  const width = lanes<T>();
  for (let first: usize = 0; first < bins; first += most) {
    let columns = min(most, bins - first);
    // Whole vectors are faster, if there are enough columns.
    const whole = (columns + width - 1) & ~(width - 1);
    if (whole <= bins) columns = whole;
    const at = min(first, bins - columns) * sizeof<T>();
    transformColumns<T>(column, columns, pitch, xr + at, xi + at, pitch, yr + at, yi + at, factor);
  }
}

function copyRows(count: usize, bytes: usize, from: usize, x: usize, to: usize, y: usize): void {
  for (let p: usize = 0; p < count; p++) memory.copy(y + p * to, x + p * from, bytes);
}

/** {@link forwardPlane} for `count` planes in a row. */
export function forwardPlanes<T>(
  plan: usize,
  count: u32,
  x: usize,
  real: usize,
  imag: usize,
  factor: T,
): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const half = height * (width / 2 + 1) * sizeof<T>();
  for (let i: u32 = 0; i < count; i++) {
    forwardPlane<T>(plan, x, real, imag, factor);
    x += height * width * sizeof<T>();
    real += half;
    imag += half;
  }
}

/** {@link inversePlane} for `count` planes in a row. */
export function inversePlanes<T>(
  plan: usize,
  count: u32,
  real: usize,
  imag: usize,
  x: usize,
  factor: T,
): void {
  const height = <usize>load<u32>(plan);
  const width = <usize>load<u32>(plan, 4);
  const half = height * (width / 2 + 1) * sizeof<T>();
  for (let i: u32 = 0; i < count; i++) {
    inversePlane<T>(plan, real, imag, x, factor);
    x += height * width * sizeof<T>();
    real += half;
    imag += half;
  }
}
