import { type Tensor3D, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { everyRow, type Fold, KINDS, type RowWeights, weightedRows } from './folded-spectrum.js';
import type { ByParity, Take } from './half-waves.js';
import type { PooledShare, Share } from './picture-shares.js';
import type { PictureSpectrum } from './picture-spectrum.js';
import { Across, Down } from './pool-axes.js';
import { pooledBytes } from './pooled-bytes.js';
import { Scratch } from './scratch.js';
import { useValues } from './tensor-values.js';

const WHOLE: Share = { index: 0, of: 1 };

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
 * share of the picture. A slider for one stride leaves the mask of the other axis as it is: what that axis has to do can be kept, which is
 * half of it all.
 */
export class PooledSpectrum {
  readonly #folds: Fold[];
  readonly #scratch = new Scratch();
  readonly #take = (size: number) => this.#scratch.take(size);
  #last: { down: Down; across: Across } | null = null;
  /** What the waves down leave of all columns. */
  #afterDown: { down: Down; folds: Fold[] } | null = null;
  /** What the waves across leave of all rows. */
  #afterAcross: { across: Across; folds: Fold[] } | null = null;
  /** Where they lie. */
  readonly #kept: Record<'down' | 'across' | 'besides', Float32Array[]>;

  constructor({ folds, height, width }: PictureSpectrum) {
    this.#folds = folds;
    const most = 3 * (Math.floor(height / 4) + 1) * (Math.floor(width / 4) + 1);
    const room = () => KINDS.map(() => new Float32Array(most));
    this.#kept = { down: room(), across: room(), besides: room() };
  }

  /** The picture under masks, whole or a share of it, in `room` if that is large enough. */
  async pool(
    vertical: Float32Array,
    horizontal: Float32Array,
    share: Share = WHOLE,
    room?: ArrayBuffer,
  ): Promise<PooledShare> {
    const down = new Down(vertical, share);
    const across = new Across(horizontal);
    this.#last = { down, across };
    const { kinds } = across.waves;
    const sums = this.#compute((take) => {
      if (this.#afterDown?.down.isLike(down)) {
        return across.apply(upload(this.#afterDown.folds, { columns: kinds }, take), take);
      }
      if (this.#afterAcross?.across.isLike(across)) {
        return down.apply(upload(this.#afterAcross.folds, down, take), take);
      }
      const { weights } = down;
      const spectrum = upload(this.#folds, { weights, columns: kinds }, take);
      return across.apply(down.apply(spectrum, take), take);
    });
    return useValues(sums, (values) =>
      pooledBytes(values, [down.waves, across.waves], [down.from, down.to], room),
    );
  }

  /** Makes what the moves that follow want, if they are of one slider for a stride. */
  async prepare(): Promise<void> {
    if (!this.#last) return;
    const { down, across } = this.#last;
    if (!this.#afterDown?.down.isLike(down)) {
      this.#afterDown = null;
      const sums = this.#compute((take) => down.apply(upload(this.#folds, down, take), take));
      const kept = await keep(sums, this.#kept.down);
      const rows = down.to - down.from;
      const folds = this.#folds.map(({ columns }, i) => {
        const main = kept[i]!;
        return { main, besides: main, rows, columns };
      });
      this.#afterDown = { down, folds };
    }
    if (!this.#afterAcross?.across.isLike(across)) {
      this.#afterAcross = null;
      const { kinds: columns, count } = across.waves;
      const part = (folds: Fold[], to: Float32Array[]) =>
        keep(
          this.#compute((take) => across.apply(upload(folds, { columns }, take), take)),
          to,
        );
      const main = await part(this.#folds, this.#kept.across);
      const besides = await part(this.#folds.map(turned), this.#kept.besides);
      const folds = this.#folds.map(({ rows }, i) => {
        return { main: main[i]!, besides: besides[i]!, rows, columns: count };
      });
      this.#afterAcross = { across, folds };
    }
  }

  /** What is uploaded is gone from the scratch when it has been used. */
  #compute(make: (take: Take) => Tensor3D[]): Tensor3D[] {
    const tensors = tidy(() => make(this.#take));
    this.#scratch.clear();
    return tensors;
  }
}

function turned({ main, besides, ...size }: Fold): Fold {
  return { main: besides, besides: main, ...size };
}

/** The first rows, with weights, or all as they are, in the first columns or in all, of even and of odd kinds: [3, rows, columns]. */
function upload(
  folds: Fold[],
  { weights, columns }: { weights?: ByParity<RowWeights>; columns?: ByParity<number> },
  take: Take,
): Tensor3D[] {
  return folds.map((fold, i) => {
    const { row, column } = KINDS[i]!;
    const own = weights?.[row] ?? everyRow(fold.rows);
    const width = columns?.[column] ?? fold.columns;
    return tensor3d(weightedRows(fold, own, width, take), [3, own.main.length, width]);
  });
}

/** Puts the values of tensors where they stay. */
function keep(tensors: Tensor3D[], rooms: Float32Array[]): Promise<Float32Array[]> {
  return useValues(tensors, (values) =>
    values.map((of, i) => {
      rooms[i]!.set(of);
      return rooms[i]!.subarray(0, of.length);
    }),
  );
}
