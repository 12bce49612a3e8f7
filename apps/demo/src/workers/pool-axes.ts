import { keptIndices } from '@ds/masks';
import { matMul, type Tensor3D, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import { KINDS, type RowWeights, rowWeights } from './folded-spectrum.js';
import { type ByParity, HalfWaves, type Take, type Wave } from './half-waves.js';
import type { Share } from './picture-shares.js';

/** What a mask down leaves, and its waves at a share of the rows. */
export class Down {
  readonly waves: HalfWaves;
  readonly weights: ByParity<RowWeights>;
  readonly from: number;
  readonly to: number;

  constructor(
    readonly mask: Float32Array,
    { index, of }: Share,
  ) {
    const kept = keptBy(mask);
    this.waves = new HalfWaves(kept.length);
    this.weights = rowWeights(mask, kept);
    this.from = Math.floor((this.waves.count * index) / of);
    this.to = Math.floor((this.waves.count * (index + 1)) / of);
  }

  /** [3, rows, columns] of each kind → [3, to − from, columns]. */
  apply(folds: Tensor3D[], take: Take): Tensor3D[] {
    return tidy(() => {
      const matrices = (wave: Wave) =>
        this.waves
          .down(wave, [this.from, this.to], take)
          .map((values, parity) =>
            tensor2d(values, [this.to - this.from, this.waves.kinds[parity]!]),
          );
      const of = { cos: matrices('cos'), sin: matrices('sin') };
      // Channels are a batch: on wasm that takes the SIMD kernels of @ds/backend.
      return folds.map((fold, i) => {
        const { down, row } = KINDS[i]!;
        return matMul(of[down][row]!, fold) as Tensor3D;
      });
    });
  }

  isLike(other: Down): boolean {
    return this.from === other.from && this.to === other.to && isSame(this.mask, other.mask);
  }
}

/** What a mask across leaves, and its waves. */
export class Across {
  readonly waves: HalfWaves;

  constructor(readonly mask: Float32Array) {
    this.waves = new HalfWaves(2 * (keptBy(mask).length - 1));
  }

  /** [3, rows, columns] of each kind → [3, rows, w/4 + 1], with the mask. */
  apply(folds: Tensor3D[], take: Take): Tensor3D[] {
    return tidy(() => {
      const matrices = (wave: Wave) =>
        this.waves
          .across(wave, this.mask, take)
          .map((values, parity) => tensor2d(values, [this.waves.kinds[parity]!, this.waves.count]));
      const of = { cos: matrices('cos'), sin: matrices('sin') };
      return folds.map((fold, i) => {
        const { across, column } = KINDS[i]!;
        return matMul(fold, of[across][column]!) as Tensor3D;
      });
    });
  }

  isLike(other: Across): boolean {
    return isSame(this.mask, other.mask);
  }
}

function keptBy(mask: Float32Array): number[] {
  return tidy(() => keptIndices(tensor1d(mask)));
}

function isSame(a: Float32Array, b: Float32Array): boolean {
  return a.length === b.length && a.every((value, i) => value === b[i]);
}
