import { keptIndices } from '@ds/masks';
import { matMul, reshape, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { HalfWaves, joinLines, type Wave } from './half-waves.js';
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
  const waves: [HalfWaves, HalfWaves] = [new HalfWaves(height), new HalfWaves(width)];
  const { sums, differences } = foldedCrop(spectrum, vertical, horizontal, rows, waves);
  const products: [Wave, Wave, Float32Array[]][] = [
    ['cos', 'cos', sums.real],
    ['sin', 'cos', differences.imag],
    ['cos', 'sin', sums.imag],
    ['sin', 'sin', differences.real],
  ];
  const results = tidy(() => {
    const [down, across] = waves;
    const downWaves = { cos: down.down('cos'), sin: down.down('sin') };
    const acrossWaves = { cos: across.across('cos'), sin: across.across('sin') };
    return products.map(([wave, acrossWave, folded]) =>
      folded.map((values, i) => {
        const matrix = downWaves[wave][Math.floor(i / across.classes.length)]!;
        const other = acrossWaves[acrossWave][i % across.classes.length]!;
        const z = matMul(matrix, tensor2d(values, [matrix.shape[1], 3 * other.shape[0]]));
        return matMul(reshape(z, [3 * down.count, other.shape[0]]), other);
      }),
    );
  });
  const parts = (await Promise.all(
    results.map((result) => Promise.all(result.map((part) => part.data()))),
  )) as Float32Array[][];
  for (const part of results.flat()) part.dispose();
  const picture = new Uint8ClampedArray(4 * height * width).fill(255);
  const lines = products.map(
    () => [new Float32Array(bins), new Float32Array(bins)] as [Float32Array, Float32Array],
  );
  const [down] = waves;
  for (let row = 0; row < down.count; row++) {
    for (let channel = 0; channel < 3; channel++) {
      products.forEach(([wave, acrossWave], i) => {
        joinLines(parts[i]!, waves, [wave, acrossWave], 3 * row + channel, lines[i]!);
      });
      const near = lines.map(([line]) => line);
      unfold(near, [height, width], row, channel, picture);
      if (down.classes.length === 1) continue;
      const far = lines.map(([, line]) => line);
      unfold(far, [height, width], down.half - 1 - row, channel, picture);
    }
  }
  return { width, height, data: picture };
}

/** The four combinations of signs, which are the picture at ±row and at c, w − c, as bytes. */
function unfold(
  lines: Float32Array[],
  [height, width]: [number, number],
  row: number,
  channel: number,
  picture: Uint8ClampedArray,
): void {
  const [a, b, c, d] = lines as [Float32Array, Float32Array, Float32Array, Float32Array];
  const up = 4 * row * width + channel;
  const down = 4 * ((height - row) % height) * width + channel;
  for (let column = 0; column < a.length; column++) {
    const left = 4 * column;
    const right = column === 0 ? 0 : 4 * (width - column);
    const upper = a[column]! - b[column]!;
    const lower = a[column]! + b[column]!;
    const sum = c[column]! + d[column]!;
    const difference = c[column]! - d[column]!;
    picture[up + left] = 255 * (upper - sum);
    picture[up + right] = 255 * (upper + sum);
    picture[down + left] = 255 * (lower - difference);
    picture[down + right] = 255 * (lower + difference);
  }
}

/** Of each class of rows, of each class of columns: [rows, 3, columns]. */
interface Folded {
  real: Float32Array[];
  imag: Float32Array[];
}

/** Sums and differences of masked rows j and −j, j = 0 … h/2. A row that is its own partner counts once. */
function foldedCrop(
  spectrum: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
  rows: number[],
  [down, across]: [HalfWaves, HalfWaves],
): { sums: Folded; differences: Folded } {
  const sums: Folded = { real: [], imag: [] };
  const differences: Folded = { real: [], imag: [] };
  for (const js of down.classes) {
    for (const columns of across.classes) {
      const mask = Float32Array.from(columns, (column) => horizontal[column]!);
      for (const part of ['real', 'imag'] as const) {
        const sum = new Float32Array(js.length * 3 * columns.length);
        const difference = new Float32Array(sum.length);
        const step = across.classes.length;
        let to = 0;
        for (const j of js) {
          const row = rows[j]!;
          const mirror = rows[(down.n - j) % down.n]!;
          const up = vertical[row]!;
          const under = row === mirror ? 0 : vertical[mirror]!;
          for (let channel = 0; channel < 3; channel++) {
            const values = spectrum[part][channel]!;
            let here = row * spectrum.bins + columns[0]!;
            let there = mirror * spectrum.bins + columns[0]!;
            for (let i = 0; i < mask.length; i++) {
              const a = up * mask[i]! * values[here]!;
              const b = under * mask[i]! * values[there]!;
              sum[to] = a + b;
              difference[to++] = a - b;
              here += step;
              there += step;
            }
          }
        }
        sums[part].push(sum);
        differences[part].push(difference);
      }
    }
  }
  return { sums, differences };
}
