import { keptIndices } from '@ds/masks';
import {
  add,
  concat,
  matMul,
  neg,
  reshape,
  reverse,
  slice,
  sub,
  type Tensor2D,
  tensor1d,
  tensor2d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { Picture } from './image-bytes.js';
import type { PictureSpectrum } from './picture-spectrum.js';

/**
 * DiffStride of a picture whose spectrum is at hand, for sliders: of `irfft2(crop(mask · rfft2(x)))` only the inverse is left to
 * do, as real products with half-size matrices. Along the height, with A the masked and cropped spectrum, the waves of
 * frequencies j and −j share a cosine and a sine:
 *
 *     Z(±i) = Σ_j (A_j + A_−j) cos(2π·i·j/h) ± i (A_j − A_−j) sin(2π·i·j/h),
 *
 * and along the width y(c), y(w − c) = Σ_l g_l (Re Z_l cos(2π·l·c/w) ∓ Im Z_l sin(2π·l·c/w)), g counting a bin and its mirror
 * image. The numbers are those of `diffStride` with `norm: 'forward'`.
 */
export async function poolSpectrum(
  spectrum: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
): Promise<Picture> {
  const [rows, columns] = tidy(() => [
    keptIndices(tensor1d(vertical)),
    keptIndices(tensor1d(horizontal)),
  ]) as unknown as [number[], number[]];
  const height = rows.length;
  const bins = columns.length;
  const width = 2 * (bins - 1);
  const half = Math.floor(height / 2) + 1;
  const folded = foldedCrop(spectrum, vertical, horizontal, rows, columns);
  const [even, odd] = tidy(() => {
    const product = (values: Float32Array, waves: Float32Array) =>
      matMul(tensor2d(waves, [half, half]), tensor2d(values, [half, 6 * bins])) as Tensor2D;
    const P = product(folded.sums, waves(half, half, height, 'cos'));
    const Q = product(folded.differences, waves(half, half, height, 'sin'));
    const part = (x: Tensor2D, imaginary: boolean) =>
      slice(x, [0, imaginary ? 3 * bins : 0], [half, 3 * bins]) as Tensor2D;
    const whole = (p: Tensor2D, q: Tensor2D) => {
      // Rows 0 … h/2, then −1 … back down to the first that is not among them.
      const mirrored = height - half;
      const top = sub(p, q);
      if (mirrored === 0) return reshape(top, [3 * height, bins]) as Tensor2D;
      const bottom = reverse(slice(add(p, q), [1, 0], [mirrored, 3 * bins]), 0);
      return reshape(concat([top, bottom], 0), [3 * height, bins]) as Tensor2D;
    };
    const re = whole(part(P, false), part(Q, true));
    const im = whole(part(P, true), neg(part(Q, false)));
    const along = (x: Tensor2D, kind: 'cos' | 'sin') =>
      matMul(x, tensor2d(weighted(waves(bins, bins, width, kind), bins), [bins, bins]));
    return [along(re, 'cos'), along(im, 'sin')];
  }) as [Tensor2D, Tensor2D];
  const [p, q] = await Promise.all([even.data(), odd.data()]);
  even.dispose();
  odd.dispose();
  const data = new Uint8ClampedArray(4 * height * width);
  for (let row = 0; row < height; row++) {
    for (let channel = 0; channel < 3; channel++) {
      const from = (3 * row + channel) * bins;
      const to = 4 * row * width + channel;
      for (let column = 0; column < bins; column++) {
        if (column < width) data[to + 4 * column] = 255 * (p[from + column]! - q[from + column]!);
        if (column > 0 && column < bins - 1) {
          data[to + 4 * (width - column)] = 255 * (p[from + column]! + q[from + column]!);
        }
      }
    }
  }
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  return { width, height, data };
}

/**
 * Sums and differences of masked rows j and −j, j = 0 … h/2: [h/2 + 1, 6·bins], the real parts of the three channels, then the
 * imaginary ones. A row that is its own partner counts once.
 */
function foldedCrop(
  { bins: all, real, imag }: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
  rows: number[],
  columns: number[],
): { sums: Float32Array; differences: Float32Array } {
  const height = rows.length;
  const bins = columns.length;
  const half = Math.floor(height / 2) + 1;
  const sums = new Float32Array(half * 6 * bins);
  const differences = new Float32Array(half * 6 * bins);
  const across = Float32Array.from(columns, (column) => horizontal[column]!);
  for (let j = 0; j < half; j++) {
    const [row, mirror] = [rows[j]!, rows[(height - j) % height]!];
    const isOwn = row === mirror;
    const [up, down] = [vertical[row]!, isOwn ? 0 : vertical[mirror]!];
    for (let part = 0; part < 6; part++) {
      const values = (part < 3 ? real : imag)[part % 3]!;
      const to = (j * 6 + part) * bins;
      for (let i = 0; i < bins; i++) {
        const a = up * across[i]! * values[row * all + columns[i]!]!;
        const b = down * across[i]! * values[mirror * all + columns[i]!]!;
        sums[to + i] = a + b;
        differences[to + i] = a - b;
      }
    }
  }
  return { sums, differences };
}

/** Cosine or sine of 2π·i·j/size for i < rows, j < columns. */
function waves(rows: number, columns: number, size: number, kind: 'cos' | 'sin'): Float32Array {
  const circle = Float64Array.from({ length: size }, (_, i) =>
    Math[kind]((2 * Math.PI * i) / size),
  );
  const values = new Float32Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0, at = 0; j < columns; j++) {
      values[i * columns + j] = circle[at]!;
      at = (at + i) % size;
    }
  }
  return values;
}

/** Rows of bins counted with their mirror images; the first and the last have none. */
function weighted(values: Float32Array, bins: number): Float32Array {
  for (let i = bins; i < (bins - 1) * bins; i++) values[i]! *= 2;
  return values;
}
