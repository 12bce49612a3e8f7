import { ConfigError, numberIn, requireOptions, requireSize, requireTensor } from '@ds/checks';
import {
  add,
  cast,
  customGrad,
  div,
  exp,
  fill,
  greater,
  logicalAnd,
  max,
  maximum,
  mul,
  range,
  reshape,
  scalar,
  step,
  sub,
  sum,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor2d,
  tidy,
  where,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { rampMask } from './ramp.js';

/** The options of all ops for adaptive attention span. */
export interface AdaptiveSpanOptions {
  /** S: the largest distance a head may look back, in tokens. */
  maxSpan: number;
  /** R: the width of the mask's ramp, in tokens. */
  smoothness: number;
}

/**
 * The soft mask of adaptive attention span, `m_z(x) = clip((R + z − x)/R, 0, 1)`, for each head at
 * the distances x = 0 … maxSpan − 1 (Sukhbaatar, Grave, Bojanowski & Joulin 2019, eq. 2).
 *
 * Shapes: span (z, in tokens) any shape → `[...span, maxSpan]`. `[heads]` gives `[heads, maxSpan]`.
 * Differentiable in span.
 *
 * @throws ConfigError if maxSpan is not an integer ≥ 1, or smoothness is negative or not finite.
 */
export function adaptiveSpanMask(span: Tensor, maxSpan: number, smoothness: number): Tensor {
  requireTensor('adaptiveSpanMask', 'span', span);
  requireSpan('adaptiveSpanMask', { maxSpan, smoothness });
  return tidy(() =>
    rampMask(range(0, maxSpan, 1, 'float32'), reshape(span, [...span.shape, 1]), smoothness),
  );
}

/**
 * Attention weights of heads that learn how far to look back (Sukhbaatar et al. 2019, eq. 3):
 *
 *     a_tr = m_z(t − r) e^{s_tr} / Σ_{q = t−S}^{t−1} m_z(t − q) e^{s_tq}
 *
 * over the distances t − r = 1 … maxSpan. It is causal, and a token does not attend to itself. It
 * ignores scores at other distances and scores with mask 0, even if they are not finite. A row
 * without any weight is 0: the first token's row, or every row of a head with z + R ≤ 1.
 * The softmax subtracts its largest score in reach, so it does not overflow.
 *
 * Shapes: scores `[heads, T, T]` (query, key), span `[heads]` → `[heads, T, T]`. Differentiable in
 * both. The published code counts distances from 0 at the nearest key, one less than the formula.
 * This op follows the formula.
 *
 * @throws ConfigError if the shapes do not fit, maxSpan is not an integer ≥ 1, or smoothness is
 *   negative.
 */
export function adaptiveSpanWeights(
  scores: Tensor3D,
  span: Tensor1D,
  options: AdaptiveSpanOptions,
): Tensor3D {
  requireTensor('adaptiveSpanWeights', 'scores', scores);
  requireSpan('adaptiveSpanWeights', options);
  const [heads, queries, keys] = scores.shape;
  if (scores.rank !== 3 || queries !== keys) {
    throw new ConfigError(
      `adaptiveSpanWeights: scores must have shape [heads, T, T], got [${scores.shape}]`,
    );
  }
  requireHeads('adaptiveSpanWeights', span, heads);
  return tidy(() => {
    const distances = distanceMatrix(queries, keys);
    const perHead = reshape(span, [heads, 1, 1]);
    return maskedSoftmax(scores, distances, perHead, options) as Tensor3D;
  });
}

/** t − r for the last `queries` of `keys` positions and for every key. */
export function distanceMatrix(queries: number, keys: number): Tensor2D {
  const values = Float32Array.from(
    { length: queries * keys },
    (_, i) => keys - queries + Math.floor(i / keys) - (i % keys),
  );
  return tensor2d(values, [queries, keys]);
}

/** The lowest float32. Only a score of −∞ is below it. */
const LOWEST = -3.4028234663852886e38;

/**
 * The softmax over the last axis of scores. The distances of queries and keys (0 for a missing key)
 * and the span broadcast against the scores.
 */
export function maskedSoftmax(
  scores: Tensor,
  distances: Tensor,
  span: Tensor,
  { maxSpan, smoothness }: AdaptiveSpanOptions,
): Tensor {
  const inReach = logicalAnd(
    greater(distances, scalar(0)),
    greater(scalar(maxSpan + 0.5), distances),
  );
  const reach = mul(rampMask(distances, span, smoothness), cast(inReach, 'float32'));
  // Masked scores must not enter a product, because they may be infinite or NaN.
  const inside = visible(scores, reach);
  // The shift must stay finite, even for a row of −∞: −∞ − (−∞) is NaN.
  const shift = maximum(max(inside, -1, true), scalar(LOWEST));
  const weights = mul(reach, exp(sub(inside, shift)));
  const total = sum(weights, -1, true);
  // An empty row gives 0/1 instead of 0/0.
  return div(weights, add(total, sub(scalar(1), step(total))));
}

/** The scores with mask > 0, with their gradient. Other scores become the lowest number. */
function visible(scores: Tensor, mask: Tensor): Tensor {
  const op = customGrad((...args) => {
    const [given, save] = args as unknown as [Tensor, (tensors: Tensor[]) => void];
    const seen = greater(mask, scalar(0));
    save([seen]);
    return {
      value: where(seen, given, fill(given.shape, LOWEST)),
      gradFunc: (dy, [saved]) => where(saved!, dy as Tensor, zerosLike(dy as Tensor)),
    };
  });
  return op(scores);
}

function requireSpan(op: string, options: AdaptiveSpanOptions): void {
  requireOptions<AdaptiveSpanOptions>(
    op,
    'options',
    options,
    { maxSpan: requireSize, smoothness: numberIn(0) },
    ['maxSpan', 'smoothness'],
  );
}

export function requireHeads(op: string, span: Tensor1D, heads: number): void {
  requireTensor(op, 'span', span);
  if (span.rank !== 1 || span.size !== heads) {
    throw new ConfigError(`${op}: span must have shape [heads = ${heads}], got [${span.shape}]`);
  }
}
