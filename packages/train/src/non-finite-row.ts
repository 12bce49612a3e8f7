import {
  cast,
  isFinite as finite,
  logicalNot,
  max,
  reshape,
  type Tensor,
  type Tensor1D,
  tensor1d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { hostValues } from './host-values.js';

/** The parts of a batch that may hold a value that is not finite, in the order of checking. */
const SOURCES = ['images', 'labels', 'logits'] as const;

/**
 * The first row of a batch, counted from 0, with a value that is not finite, and the part that has
 * it.
 */
export interface NonFiniteRow {
  image: number;
  source: (typeof SOURCES)[number];
}

/**
 * Marks the images of a batch that hold a value that is not finite: 1 for those, 0 for the others.
 *
 * Shapes: images `[batch, …]` → `[batch]`.
 *
 * It looks at the values themselves, since a layer may hide them: on some backends a maximum with
 * NaN is a number, and a GPU's compiler may assume that there is no NaN. Values that are still on
 * the host are tested there, so call it before a model gets the images. Values on a device are
 * tested on the device, and nothing is read back.
 */
export function nonFiniteImages(images: Tensor): Tensor1D {
  const count = images.shape[0]!;
  if (images.size === 0 || images.dtype !== 'float32') return zeros([count]);
  const values = hostValues(images);
  if (!values) {
    return tidy(() => {
      const rows = reshape(images, [count, -1]);
      return max(cast(logicalNot(finite(rows)), 'float32'), 1) as Tensor1D;
    });
  }
  const size = values.length / count;
  const flags = new Float32Array(count);
  for (let image = 0; image < count; image++) {
    if (!isFiniteRow(values, image, size)) flags[image] = 1;
  }
  return tensor1d(flags);
}

/** Whether all values of a row are finite. */
export function isFiniteRow(values: ArrayLike<number>, row: number, size: number): boolean {
  // 0 times a finite number is 0, and else NaN, which no sum hides. So a long loop needs no branch.
  let rest = 0;
  for (let at = row * size; at < (row + 1) * size; at++) rest += 0 * values[at]!;
  return rest === 0;
}

/** Whether scores and labels of a row are finite, and `spoiled` does not mark it. */
export function isUsable(
  row: number,
  scores: ArrayLike<number>,
  shares: ArrayLike<number>,
  classes: number,
  spoiled?: ArrayLike<number>,
): boolean {
  return !spoiled?.[row] && isFiniteRow(scores, row, classes) && isFiniteRow(shares, row, classes);
}

/** The first row that is not finite, of rows with `size` values each; −1 if all are finite. */
export function firstNonFiniteRow(values: ArrayLike<number>, size: number): number {
  for (let row = 0; row * size < values.length; row++) {
    if (!isFiniteRow(values, row, size)) return row;
  }
  return -1;
}

/** A row as a number that replicas can exchange, exact in float32; 0 for none. */
export function codeOfRow(row: NonFiniteRow | null): number {
  return row ? 1 + SOURCES.length * row.image + SOURCES.indexOf(row.source) : 0;
}

/** The inverse of {@link codeOfRow}. */
export function rowOfCode(code: number): NonFiniteRow | null {
  if (code === 0) return null;
  const source = SOURCES[(code - 1) % SOURCES.length]!;
  return { image: Math.floor((code - 1) / SOURCES.length), source };
}
