import { keptIndices } from '@ds/masks';
import { matMul, tensor1d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { HalfWaves, joinLines, type Wave } from './half-waves.js';
import type { PooledShare, Share } from './picture-shares.js';
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
 * The numbers are those of `diffStride` with `norm: 'forward'`. Rows ±i and h/2 ± i come together, so that several workers can each make a
 * share of the picture: of its bytes only those rows are set, which are named.
 */
export async function poolSpectrum(
  spectrum: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
  { index, of }: Share = WHOLE,
): Promise<PooledShare> {
  const [rows, columns] = tidy(() => [
    keptIndices(tensor1d(vertical)),
    keptIndices(tensor1d(horizontal)),
  ]) as unknown as [number[], number[]];
  const height = rows.length;
  const bins = columns.length;
  const width = 2 * (bins - 1);
  const waves: [HalfWaves, HalfWaves] = [new HalfWaves(height), new HalfWaves(width)];
  const [down, across] = waves;
  const first = Math.floor((down.count * index) / of);
  const end = Math.floor((down.count * (index + 1)) / of);
  const { sums, differences } = foldedCrop(spectrum, vertical, rows, waves);
  const products: [Wave, Wave, Float32Array[]][] = [
    ['cos', 'cos', sums.real],
    ['sin', 'cos', differences.imag],
    ['cos', 'sin', sums.imag],
    ['sin', 'sin', differences.real],
  ];
  const results = tidy(() => {
    const downWaves = { cos: down.down('cos', first, end), sin: down.down('sin', first, end) };
    const acrossWaves = {
      cos: across.across('cos', horizontal),
      sin: across.across('sin', horizontal),
    };
    return products.map(([wave, acrossWave, folded]) =>
      folded.map((values, i) => {
        const matrix = downWaves[wave][Math.floor(i / across.classes.length)]!;
        const other = acrossWaves[acrossWave][i % across.classes.length]!;
        // Channels are a batch: on wasm that takes the SIMD kernels of @ds/backend.
        const z = matMul(matrix, tensor3d(values, [3, matrix.shape[1], other.shape[0]]));
        return matMul(z, other);
      }),
    );
  });
  const parts = (await Promise.all(
    results.map((result) => Promise.all(result.map((part) => part.data()))),
  )) as Float32Array[][];
  for (const part of results.flat()) part.dispose();
  const data = new Uint8ClampedArray(4 * height * width).fill(255);
  const lines = products.map(
    () => [new Float32Array(bins), new Float32Array(bins)] as [Float32Array, Float32Array],
  );
  const made = new Set<number>();
  for (let row = first; row < end; row++) {
    // Where the waves down are split, the row half a picture away comes with it.
    const both = down.classes.length > 1 ? [row, down.half - 1 - row] : [row];
    for (let channel = 0; channel < 3; channel++) {
      products.forEach(([wave, acrossWave], i) => {
        joinLines(
          parts[i]!,
          waves,
          [wave, acrossWave],
          channel * (end - first) + row - first,
          lines[i]!,
        );
      });
      both.forEach((one, i) => {
        unfold(
          lines.map((pair) => pair[i]!),
          [height, width],
          one,
          channel,
          data,
        );
      });
    }
    for (const one of both) made.add(one).add((height - one) % height);
  }
  return { width, height, data, rows: [...made] };
}

const WHOLE: Share = { index: 0, of: 1 };

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

/** Of each class of rows, of each class of columns: [3, rows, columns]. */
interface Folded {
  real: Float32Array[];
  imag: Float32Array[];
}

/**
 * Sums and differences of rows j and −j under the mask down, j = 0 … h/2. A row that is its own partner counts once. They lie in
 * the spectrum's scratch: fresh memory for each move would cost more than the sums.
 */
function foldedCrop(
  { real, imag, bins, scratch }: PictureSpectrum,
  vertical: Float32Array,
  rows: number[],
  [down, across]: [HalfWaves, HalfWaves],
): { sums: Folded; differences: Folded } {
  const sums: Folded = { real: [], imag: [] };
  const differences: Folded = { real: [], imag: [] };
  let used = 0;
  const take = (size: number) => {
    used += size;
    return scratch.subarray(used - size, used);
  };
  for (const js of down.classes) {
    for (const [kind, columns] of across.classes.entries()) {
      const count = columns.length;
      const pitch = (bins + 1 - kind) >> 1;
      for (const [part, values] of [
        ['real', real[kind]!],
        ['imag', imag[kind]!],
      ] as const) {
        const sum = take(js.length * 3 * count);
        const difference = take(sum.length);
        let to = 0;
        for (let channel = 0; channel < 3; channel++) {
          for (const j of js) {
            const row = rows[j]!;
            const mirror = rows[(down.n - j) % down.n]!;
            const up = vertical[row]!;
            const under = row === mirror ? 0 : vertical[mirror]!;
            const here = (3 * row + channel) * pitch;
            const there = (3 * mirror + channel) * pitch;
            for (let i = 0; i < count; i++, to++) {
              const a = up * values[here + i]!;
              const b = under * values[there + i]!;
              sum[to] = a + b;
              difference[to] = a - b;
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
