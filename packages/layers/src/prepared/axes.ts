import { matMul, type Tensor2D, type Tensor3D, tensor2d, tidy, zeros } from '@tensorflow/tfjs-core';
import type { MaskedBand } from '../kept-band.js';
import { type ByParity, ParityWaves, type Wave } from './parity-waves.js';
import { isSame, RowPairs } from './row-pairs.js';
import type { Take } from './scratch-memory.js';
import { WAVE_TERMS, type WaveTerm } from './wave-terms.js';

/** One of several equal parts of an image's rows. */
export interface RowShare {
  /** Which part, from 0. */
  index: number;
  /** How many parts there are. */
  of: number;
}

/** The inverse DFT along the height, at a share of the points. */
export class HeightAxis {
  readonly waves: ParityWaves;
  readonly pairs: RowPairs;
  /** The points of the share: from … to − 1. */
  readonly from: number;
  readonly to: number;

  constructor(
    readonly band: MaskedBand,
    factor: number,
    { index, of }: RowShare,
  ) {
    this.waves = new ParityWaves(band.outputSize, Math.floor(band.outputSize / 2) + 1);
    this.pairs = new RowPairs(band, factor);
    this.from = Math.floor((this.waves.points * index) / of);
    this.to = Math.floor((this.waves.points * (index + 1)) / of);
  }

  /** For each term: `[planes, rows of a parity, columns]` → `[planes, to − from, columns]`. */
  apply(terms: Tensor3D[], take: Take): Tensor3D[] {
    return tidy(() => {
      const matrices = byWave((wave) =>
        this.waves
          .atPoints(wave, this.from, this.to, take)
          .map((values, parity) =>
            tensor2d(values, [this.to - this.from, this.waves.counts[parity]!]),
          ),
      );
      return terms.map((term, i) => {
        const { down, row } = WAVE_TERMS[i]!;
        return product(matrices[down][row]!, term);
      });
    });
  }

  equals(other: HeightAxis): boolean {
    return (
      this.from === other.from &&
      this.to === other.to &&
      this.waves.n === other.waves.n &&
      this.pairs.equals(other.pairs)
    );
  }
}

/** The masked inverse real DFT along the width. */
export class WidthAxis {
  readonly waves: ParityWaves;
  /** The mask times a factor, doubled for a bin that also represents its mirror image. */
  readonly #weights: Float64Array;

  constructor(
    readonly band: MaskedBand,
    factor: number,
  ) {
    const { outputSize, frequencies, mask } = band;
    this.waves = new ParityWaves(outputSize, frequencies.length);
    this.#weights = Float64Array.from(frequencies, ({ target }, i) => {
      const count = target === 0 || 2 * target === outputSize ? 1 : 2;
      return count * factor * mask[i]!;
    });
  }

  /** For each term: `[planes, rows, columns of a parity]` → `[planes, rows, points]`. */
  apply(
    terms: Tensor3D[],
    take: Take,
    about: readonly Pick<WaveTerm, 'across' | 'column'>[] = WAVE_TERMS,
  ): Tensor3D[] {
    return tidy(() => {
      const matrices = byWave((wave) =>
        this.waves
          .weighted(wave, this.#weights, take)
          .map((values, parity) =>
            tensor2d(values, [this.waves.counts[parity]!, this.waves.points]),
          ),
      );
      return terms.map((term, i) => {
        const { across, column } = about[i]!;
        return product(term, matrices[across][column]!);
      });
    });
  }

  equals(other: WidthAxis): boolean {
    return this.waves.n === other.waves.n && isSame(this.#weights, other.#weights);
  }
}

function byWave(make: (wave: Wave) => Tensor2D[]): Record<Wave, ByParity<Tensor2D>> {
  return { cos: make('cos') as ByParity<Tensor2D>, sin: make('sin') as ByParity<Tensor2D> };
}

/** A product with a matrix, batched over planes: `@ds/backend` has fast wasm kernels for it. */
function product(a: Tensor2D | Tensor3D, b: Tensor2D | Tensor3D): Tensor3D {
  if (a.size > 0 && b.size > 0) return matMul(a, b) as Tensor3D;
  // tfjs has no products of empty tensors. A side of length 1 has no odd frequencies.
  const [planes] = a.rank === 3 ? a.shape : b.shape;
  return zeros([planes!, a.shape[a.rank - 2]!, b.shape[b.rank - 1]!]);
}
