import { keptIndices } from '@ds/masks';
import { matMul, reshape, type Tensor2D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Picture } from './image-bytes.js';
import type { PictureSpectrum } from './picture-spectrum.js';

/**
 * DiffStride of a picture whose spectrum is at hand, for sliders: of `irfft2(crop(mask · rfft2(x)))` only the inverse is left to
 * do, as real products with matrices of half the size. With A the masked and cropped spectrum, the waves of rows j and −j
 * share a cosine and a sine: `P = Σ_j (A_j + A_−j) cos(2π·i·j/h)`, `Q = Σ_j (A_j − A_−j) sin(2π·i·j/h)`, and so do the columns, with g
 * counting a bin and its mirror image:
 *
 *     y(±i, c)     = Σ_l g_l ((Re P ∓ Im Q) cos(2π·l·c/w) − (Im P ± Re Q) sin(2π·l·c/w)),
 *     y(±i, w − c) = the same with + in its middle.
 *
 * The numbers are those of `diffStride` with `norm: 'forward'`.
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
  const { sums, differences } = foldedCrop(spectrum, vertical, horizontal, rows, columns);
  const parts = tidy(() => {
    const cosines = tensor2d(waves(half, height, 'cos'), [half, half]);
    const sines = tensor2d(waves(half, height, 'sin'), [half, half]);
    const acrossCosines = tensor2d(weighted(waves(bins, width, 'cos'), bins), [bins, bins]);
    const acrossSines = tensor2d(weighted(waves(bins, width, 'sin'), bins), [bins, bins]);
    const product = (values: Float32Array, down: Tensor2D, across: Tensor2D) => {
      const z = matMul(down, tensor2d(values, [half, 3 * bins]));
      return matMul(reshape(z, [3 * half, bins]), across);
    };
    return [
      product(sums.real, cosines, acrossCosines),
      product(differences.imag, sines, acrossCosines),
      product(sums.imag, cosines, acrossSines),
      product(differences.real, sines, acrossSines),
    ];
  });
  const values = (await Promise.all(parts.map((part) => part.data()))) as Float32Array[];
  for (const part of parts) part.dispose();
  return { width, height, data: unfolded(values, [height, width], bins) };
}

/** The four combinations of signs, which are the picture at ±i and at c, w − c, as bytes. */
function unfolded(
  [a, b, c, d]: Float32Array[],
  [height, width]: [number, number],
  bins: number,
): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * height * width).fill(255);
  const half = Math.floor(height / 2) + 1;
  for (let row = 0; row < half; row++) {
    const mirror = (height - row) % height;
    for (let channel = 0; channel < 3; channel++) {
      const from = (3 * row + channel) * bins;
      const up = 4 * row * width + channel;
      const down = 4 * mirror * width + channel;
      for (let column = 0; column < bins; column++) {
        const at = from + column;
        const left = 4 * (column % width);
        const right = 4 * ((width - column) % width);
        const [upper, lower] = [a![at]! - b![at]!, a![at]! + b![at]!];
        const [sum, difference] = [c![at]! + d![at]!, c![at]! - d![at]!];
        data[up + left] = 255 * (upper - sum);
        data[up + right] = 255 * (upper + sum);
        data[down + left] = 255 * (lower - difference);
        data[down + right] = 255 * (lower + difference);
      }
    }
  }
  return data;
}

/** Values of [h/2 + 1, 3·bins], the three channels side by side. */
interface Folded {
  real: Float32Array;
  imag: Float32Array;
}

/** Sums and differences of masked rows j and −j, j = 0 … h/2. A row that is its own partner counts once. */
function foldedCrop(
  spectrum: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
  rows: number[],
  columns: number[],
): { sums: Folded; differences: Folded } {
  const height = rows.length;
  const bins = columns.length;
  const half = Math.floor(height / 2) + 1;
  const empty = (): Folded => ({
    real: new Float32Array(half * 3 * bins),
    imag: new Float32Array(half * 3 * bins),
  });
  const sums = empty();
  const differences = empty();
  const across = Float32Array.from(columns, (column) => horizontal[column]!);
  for (let j = 0; j < half; j++) {
    const [row, mirror] = [rows[j]!, rows[(height - j) % height]!];
    const [up, down] = [vertical[row]!, row === mirror ? 0 : vertical[mirror]!];
    for (const part of ['real', 'imag'] as const) {
      for (let channel = 0; channel < 3; channel++) {
        const values = spectrum[part][channel]!;
        const here = row * spectrum.bins;
        const there = mirror * spectrum.bins;
        const to = (3 * j + channel) * bins;
        for (let i = 0; i < bins; i++) {
          const a = up * across[i]! * values[here + columns[i]!]!;
          const b = down * across[i]! * values[there + columns[i]!]!;
          sums[part][to + i] = a + b;
          differences[part][to + i] = a - b;
        }
      }
    }
  }
  return { sums, differences };
}

/** Cosine or sine of 2π·i·j/size for i, j < count. */
function waves(count: number, size: number, kind: 'cos' | 'sin'): Float32Array {
  const circle = Float64Array.from({ length: size }, (_, i) =>
    Math[kind]((2 * Math.PI * i) / size),
  );
  const values = new Float32Array(count * count);
  for (let i = 0; i < count; i++) {
    for (let j = 0, at = 0; j < count; j++) {
      values[i * count + j] = circle[at]!;
      at += i;
      if (at >= size) at -= size;
    }
  }
  return values;
}

/** Rows of bins counted with their mirror images; the first and the last have none. */
function weighted(values: Float32Array, bins: number): Float32Array {
  for (let i = bins; i < (bins - 1) * bins; i++) values[i]! *= 2;
  return values;
}
