import { type ByParity, kindsOf, type Take, type Wave } from './half-waves.js';

/** Which waves down and across, and whether those of even (0) or of odd (1) rows and columns. */
interface Kind {
  down: Wave;
  row: 0 | 1;
  across: Wave;
  column: 0 | 1;
}

/** All sixteen; what there is one of for each lies in this order. */
export const KINDS: readonly Kind[] = (['cos', 'sin'] as const).flatMap((down) =>
  ([0, 1] as const).flatMap((row) =>
    (['cos', 'sin'] as const).flatMap((across) =>
      ([0, 1] as const).map((column) => ({ down, row, across, column })),
    ),
  ),
);

/** Even and odd rows, even and odd columns. */
const QUARTERS = [
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
] as const;

/** Of what is linear in the rows of a spectrum, with A_j that of row j: rows j = 0 … H/2 of one kind. */
export interface Fold {
  /** A_j ± A_−j, whichever the waves down want where the mask is the same at j and −j: [3, rows, columns]. */
  main: Float32Array;
  /** The other of the two. */
  besides: Float32Array;
  rows: number;
  columns: number;
}

/**
 * The folds of a half-spectrum, [3, height, bins] in the order of the FFT: waves down with a cosine take the sums of rows j and −j, those
 * with a sine the differences, real or imaginary ones as the waves across want. Where a row is its own partner, the sum is that row.
 */
export function foldedSpectrum(
  { real, imag }: { real: Float64Array; imag: Float64Array },
  height: number,
  bins: number,
): Fold[] {
  const rows = kindsOf(Math.floor(height / 2) + 1);
  const columns = kindsOf(bins);
  const folded = (part: Float64Array, sign: 1 | -1) =>
    QUARTERS.map(([row, column]) => {
      const values = new Float32Array(3 * rows[row] * columns[column]);
      let to = 0;
      for (let channel = 0; channel < 3; channel++) {
        for (let j = row; 2 * j <= height; j += 2) {
          const here = (channel * height + j) * bins;
          const there = (channel * height + ((height - j) % height)) * bins;
          const own = here === there ? (1 + sign) / 2 : 1;
          const partner = here === there ? 0 : sign;
          for (let bin = column; bin < bins; bin += 2) {
            values[to++] = own * part[here + bin]! + partner * part[there + bin]!;
          }
        }
      }
      return values;
    });
  const sums = { real: folded(real, 1), imag: folded(imag, 1) };
  const differences = { real: folded(real, -1), imag: folded(imag, -1) };
  return KINDS.map(({ down, row, across, column }) => {
    const part = down === across ? 'real' : 'imag';
    const at = 2 * row + column;
    const [main, besides] = down === 'cos' ? [sums, differences] : [differences, sums];
    return {
      main: main[part][at]!,
      besides: besides[part][at]!,
      rows: rows[row],
      columns: columns[column],
    };
  });
}

/** How much of `main`, and of what is besides it, each row has. */
export interface RowWeights {
  main: Float64Array;
  besides: Float64Array;
}

/** Every row as it is. */
export function everyRow(rows: number): RowWeights {
  return { main: new Float64Array(rows).fill(1), besides: new Float64Array(rows) };
}

/**
 * The weights that a mask over frequencies, in the order of the FFT, gives to the even and to the odd of the rows that it keeps, which are
 * `kept`: half the sum, and half the difference, of its values at j and −j. (The published masks differ there by a step of their ramp.)
 * The row n/2 of the crop is only one of the two.
 */
export function rowWeights(mask: Float32Array, kept: number[]): ByParity<RowWeights> {
  const n = kept.length;
  const half = Math.floor(n / 2) + 1;
  const weights = kindsOf(half).map(everyRow);
  for (let j = 0; j < half; j++) {
    const row = kept[j]!;
    const mirror = kept[(n - j) % n]!;
    const up = row === j ? mask[row]! : 0;
    const under = mirror !== j ? mask[mirror]! : 0;
    const isOwnPartner = (2 * row) % mask.length === 0;
    const { main, besides } = weights[j % 2]!;
    main[j >> 1] = isOwnPartner ? up : (up + under) / 2;
    besides[j >> 1] = isOwnPartner ? 0 : (up - under) / 2;
  }
  return weights as ByParity<RowWeights>;
}

/** The first rows of a fold, as many as have weights, in their first columns, written to what `take` gives: [3, rows, columns]. */
export function weightedRows(
  { main, besides, rows, columns: pitch }: Fold,
  weights: RowWeights,
  columns: number,
  take: Take,
): Float32Array {
  const to = take(3 * weights.main.length * columns);
  let at = 0;
  for (let channel = 0; channel < 3; channel++) {
    for (const [i, own] of weights.main.entries()) {
      const other = weights.besides[i]!;
      const from = (channel * rows + i) * pitch;
      if (other === 0) {
        for (let c = 0; c < columns; c++) to[at++] = own * main[from + c]!;
      } else {
        for (let c = 0; c < columns; c++) {
          to[at++] = own * main[from + c]! + other * besides[from + c]!;
        }
      }
    }
  }
  return to;
}
