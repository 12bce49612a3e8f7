import {
  ConfigError,
  HOST_BACKENDS,
  numberIn,
  requireOptions,
  requireSize,
  requireTensor,
} from '@ds/checks';
import {
  add,
  getBackend,
  pad,
  reshape,
  slice,
  stack,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tensor3d,
  tidy,
  tile,
} from '@tensorflow/tfjs-core';
import { type AdaptiveSpanOptions, maskedSoftmax, requireHeads } from './adaptive-span.js';
import { positionScores, requirePositions } from './relative-positions.js';
import { mixOf, scoresOf } from './seen-product.js';

/** The options of attention with learned spans. */
export interface AdaptiveSpanAttentionOptions extends AdaptiveSpanOptions {
  /**
   * Relative positions, shape [maxSpan, d]. Row x − 1 is p_x, the embedding of distance x. Default:
   * none.
   */
  positions?: Tensor2D;
}

const OP = 'adaptiveSpanAttention';

/** The smallest block of queries. Smaller matrix products are slower per query. */
const SMALLEST_BLOCK = 32;

/**
 * Attention with heads that learn how far to look back (Sukhbaatar et al. 2019): the weights of
 * `adaptiveSpanWeights` for the scores, times the values:
 *
 *     s_tr = q_t · (k_r + p_{t−r})
 *
 * p has a learned vector for each distance 1 … maxSpan (eq. 1). All heads share it. Without the
 * option `positions`, p is 0.
 *
 * It computes only with keys within the largest current span, L = min(maxSpan, ceil(max z + R)).
 * Each block of queries sees a window with L keys before the block. So time and memory grow with
 * T·L, not with T². If L is so close to T that the windows would hold more scores, it uses all keys
 * at once. It reads the spans for this on host backends. On WebGPU and WebGL a read would wait for
 * the device, so L is maxSpan there. The result is the same.
 *
 * A key or value that is not finite affects the queries whose span holds it. On a GPU, where values
 * are not checked, it affects the queries whose window holds it. The formula does not scale scores:
 * scale the queries yourself (by 1/√d).
 *
 * Shapes: q, k `[heads, T, d]`, v `[heads, T, e]`, span `[heads]` → `[heads, T, e]`. q, k, v and
 * the result may have a leading batch axis. Differentiable in all four, and in the positions. The
 * published code scales scores by 1/√d, and all layers share one p. Here each call has its own.
 *
 * @throws ConfigError if the shapes do not fit, maxSpan is not an integer ≥ 1, smoothness is
 *   negative, or a span that is read is not finite.
 */
export function adaptiveSpanAttention(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  span: Tensor1D,
  options: AdaptiveSpanAttentionOptions,
): Tensor {
  requireShapes(OP, q, k, v);
  const [heads, length, depth] = q.shape.slice(-3) as [number, number, number];
  requireAttentionOptions(OP, options, depth);
  requireHeads(OP, span, heads);
  const { positions, ...spanOptions } = options;
  const batch = q.rank === 4 ? q.shape[0]! : 1;
  const reach = Math.max(1, Math.min(largestReach(OP, span, options), length - 1));
  const { blocks, block, before } = layoutOf(length, reach);
  const keys = before + block;
  return tidy(() => {
    const rows = batch * heads;
    const queries = blocksOf(reshape(q, [rows, length, depth]), blocks, block, block, 0);
    const window = (x: Tensor) =>
      blocksOf(reshape(x, [rows, length, x.shape.at(-1)!]), blocks, block, keys, before);
    const content = scoresOf(queries, window(k));
    const scores = positions
      ? add(content, positionScores(queries as Tensor3D, positions, before, reach))
      : content;
    const weights = maskedSoftmax(
      // Batch and heads share an axis, because `where` on GPU backends supports at most rank 4.
      reshape(scores, [rows, blocks, block, keys]),
      blockDistances(length, blocks, block, before),
      reshape(batch === 1 ? span : tile(span, [batch]), [rows, 1, 1, 1]),
      spanOptions,
    );
    const mixed = mixOf(reshape(weights, [rows * blocks, block, keys]), window(v));
    const size = v.shape.at(-1)!;
    const whole = reshape(mixed, [rows, blocks * block, size]);
    return reshape(slice(whole, [0, 0, 0], [rows, length, size]), [...q.shape.slice(0, -1), size]);
  });
}

/**
 * L, the distance beyond which all masks are 0. It is at least 1, so that no axis is empty. Spans
 * on a device are not read.
 *
 * @throws ConfigError if a span that is read is not finite.
 */
export function largestReach(
  op: string,
  span: Tensor1D,
  { maxSpan, smoothness }: AdaptiveSpanOptions,
): number {
  if (!HOST_BACKENDS.includes(getBackend())) return maxSpan;
  const spans = span.dataSync();
  if (!spans.every(Number.isFinite)) {
    throw new ConfigError(`${op}: span must be finite, got [${[...spans].join(', ')}]`);
  }
  return Math.max(1, Math.min(maxSpan, Math.ceil(Math.max(...spans) + smoothness)));
}

/** The blocks of queries, and the number of window keys before a block. */
interface Layout {
  blocks: number;
  block: number;
  before: number;
}

/** Windows of L keys, or all keys at once if this takes no more scores. */
function layoutOf(length: number, reach: number): Layout {
  const block = Math.min(Math.max(reach, SMALLEST_BLOCK), length);
  const blocks = Math.ceil(length / block);
  if (blocks * block * (reach + block) >= length ** 2) {
    return { blocks: 1, block: length, before: 0 };
  }
  return { blocks, block, before: reach };
}

/**
 * `[rows, T, d]` to `[rows · blocks, size, d]`. Block i holds the `size` positions from
 * i · step − before. Positions beyond both ends are zeros.
 */
function blocksOf(x: Tensor, blocks: number, step: number, size: number, before: number): Tensor {
  const [rows, length, depth] = x.shape as [number, number, number];
  const behind = (blocks - 1) * step + size - before - length;
  const padded = pad(x, [
    [0, 0],
    [before, Math.max(0, behind)],
    [0, 0],
  ]);
  const parts = Array.from({ length: blocks }, (_, i) =>
    slice(padded, [0, i * step, 0], [rows, size, depth]),
  );
  return reshape(parts.length === 1 ? parts[0]! : stack(parts, 1), [rows * blocks, size, depth]);
}

/**
 * t − r by block, query and key, shape [blocks, block, before + block]. A key beyond the ends has
 * 0.
 */
function blockDistances(length: number, blocks: number, block: number, before: number): Tensor {
  const keys = before + block;
  const values = new Float32Array(blocks * block * keys);
  for (let i = 0; i < blocks; i++) {
    for (let query = 0; query < block; query++) {
      for (let key = 0; key < keys; key++) {
        const position = i * block - before + key;
        const exists = position >= 0 && position < length;
        values[(i * block + query) * keys + key] = exists ? query + before - key : 0;
      }
    }
  }
  return tensor3d(values, [blocks, block, keys]);
}

/** @throws ConfigError if an option is wrong. `depth` is d. */
export function requireAttentionOptions(
  op: string,
  options: AdaptiveSpanAttentionOptions,
  depth: number,
): void {
  const positions = (_: string, name: string, value: unknown) =>
    requirePositions(op, name, value, options.maxSpan, depth);
  requireOptions<AdaptiveSpanAttentionOptions>(
    op,
    'options',
    options,
    { maxSpan: requireSize, smoothness: numberIn(0), positions },
    ['maxSpan', 'smoothness'],
  );
}

/** @throws ConfigError if q, k and v are not tensors of shapes that fit. */
export function requireShapes(op: string, q: Tensor, k: Tensor, v: Tensor): void {
  for (const [name, x] of Object.entries({ q, k, v })) requireTensor(op, name, x);
  const sameBut = (a: Tensor, b: Tensor) =>
    a.rank === b.rank && a.shape.slice(0, -1).join() === b.shape.slice(0, -1).join();
  const fits =
    (q.rank === 3 || q.rank === 4) &&
    sameBut(q, k) &&
    sameBut(q, v) &&
    q.shape.at(-1) === k.shape.at(-1);
  if (!fits) {
    throw new ConfigError(
      `${op}: q, k and v must have shapes [heads, T, d], [heads, T, d] and ` +
        `[heads, T, e], got [${q.shape}], [${k.shape}] and [${v.shape}]`,
    );
  }
}
