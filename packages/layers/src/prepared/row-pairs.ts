import { type Tensor3D, tensor3d } from '@tensorflow/tfjs-core';
import type { MaskedBand } from '../kept-band.js';
import { type ByParity, type Parity, parityCounts, type Wave } from './parity-waves.js';
import type { Take } from './scratch-memory.js';

/** Rows of several planes. Shape: `[planes, rows, columns]`. */
export interface Planes {
  values: Float32Array;
  planes: number;
  rows: number;
  columns: number;
}

/**
 * The rows j and −j of a masked and cropped spectrum, j = 0 … floor(h/2), from the rows A of the
 * whole spectrum: `B_j = near_j · A[nearSource_j]` and `B_−j = far_j · A[farSource_j]`. A weight is
 * 0 for a cropped row. Rows 0 and h/2 are their own mirror images, so their far weight is 0.
 */
export class RowPairs {
  readonly near: Float64Array;
  readonly far: Float64Array;
  readonly nearSource: Int32Array;
  readonly farSource: Int32Array;
  /** The number of even and of odd j. */
  readonly counts: ByParity<number>;

  /** `factor` multiplies every weight. */
  constructor({ outputSize, frequencies, mask }: MaskedBand, factor: number) {
    const half = Math.floor(outputSize / 2) + 1;
    this.counts = parityCounts(half);
    this.near = new Float64Array(half);
    this.far = new Float64Array(half);
    this.nearSource = new Int32Array(half);
    this.farSource = new Int32Array(half);
    for (const [i, { source, target }] of frequencies.entries()) {
      const isNear = target < half;
      const [weights, sources] = isNear ? [this.near, this.nearSource] : [this.far, this.farSource];
      const j = isNear ? target : outputSize - target;
      weights[j] = factor * mask[i]!;
      sources[j] = source;
    }
  }

  /**
   * The coefficients of a wave for all j of a parity, in the first columns: `B_j + B_−j` for a
   * cosine, `B_j − B_−j` for a sine. Shape: `[planes, j of the parity, columns]`.
   */
  fold(
    { values, planes, rows, columns: pitch }: Planes,
    parity: Parity,
    wave: Wave,
    columns: number,
    take: Take,
  ): Tensor3D {
    const sign = wave === 'cos' ? 1 : -1;
    const to = take(planes * this.counts[parity] * columns);
    let at = 0;
    for (let plane = 0; plane < planes; plane++) {
      for (let j: number = parity; j < this.near.length; j += 2) {
        const a = this.near[j]!;
        const b = sign * this.far[j]!;
        const from = (plane * rows + this.nearSource[j]!) * pitch;
        const mirror = (plane * rows + this.farSource[j]!) * pitch;
        for (let c = 0; c < columns; c++) {
          to[at++] = a * values[from + c]! + b * values[mirror + c]!;
        }
      }
    }
    return tensor3d(to, [planes, this.counts[parity], columns]);
  }

  equals(other: RowPairs): boolean {
    return (
      isSame(this.near, other.near) &&
      isSame(this.far, other.far) &&
      isSame(this.nearSource, other.nearSource) &&
      isSame(this.farSource, other.farSource)
    );
  }
}

/** Whether two arrays hold equal numbers. */
export function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
