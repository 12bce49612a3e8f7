import { ConfigError, requireTensor } from '@ds/checks';
import {
  pad,
  reshape,
  reverse,
  slice,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
} from '@tensorflow/tfjs-core';
import { scoresOf } from './seen-product.js';

/**
 * The part of the scores that comes from distances, `q_t · p_{t−r}` (Sukhbaatar et al. 2019, eq.
 * 1). Row x − 1 of the positions is p_x, the embedding of distance x. Distances outside 1 … reach
 * have the score 0.
 *
 * It computes one product for each query and distance. A change of the row length then moves each
 * product to its key, without a gather.
 *
 * Shapes: q `[rows, queries, d]`, positions `[maxSpan, d]` → `[rows, queries, before + queries]`.
 * Key j of query i has the distance `i + before − j`. Call it inside a `tidy`.
 *
 * @param reach the largest distance, at least `before` and at most maxSpan.
 */
export function positionScores(
  q: Tensor3D,
  positions: Tensor2D,
  before: number,
  reach: number,
): Tensor3D {
  const [rows, queries, depth] = q.shape;
  // Column c has the distance reach − c, so it belongs to key c + i of reach + queries keys.
  const farFirst = reverse(slice(positions, [0, 0], [reach, depth]), 0);
  const products = scoresOf(
    reshape(q, [1, rows * queries, depth]),
    reshape(farFirst, [1, reach, depth]),
  );
  const wide = reach + queries;
  const padded = pad(reshape(products, [rows, queries, reach]), [
    [0, 0],
    [0, 0],
    [0, wide + 1 - reach],
  ]);
  // Rows of `wide + 1` numbers, read as rows of `wide`: each row moves one key further.
  const line = reshape(padded, [rows, queries * (wide + 1)]);
  const moved = reshape(slice(line, [0, 0], [rows, queries * wide]), [rows, queries, wide]);
  return slice(moved, [0, 0, reach - before], [rows, queries, before + queries]) as Tensor3D;
}

/** @throws ConfigError if positions are not a tensor of shape [maxSpan, d]. */
export function requirePositions(
  op: string,
  name: string,
  value: unknown,
  maxSpan: number,
  depth: number,
): void {
  requireTensor(op, name, value);
  const { shape } = value as Tensor;
  if (`${shape}` === `${[maxSpan, depth]}`) return;
  throw new ConfigError(
    `${op}: ${name} must have shape [maxSpan, d] = [${maxSpan}, ${depth}], got [${shape}]`,
  );
}
