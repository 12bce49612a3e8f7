import { ConfigError, requireTensor, StateError } from '@ds/checks';
import {
  add,
  clone,
  concat,
  keep,
  reshape,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  tidy,
} from '@tensorflow/tfjs-core';
import { distanceMatrix, maskedSoftmax, requireHeads } from './adaptive-span.js';
import {
  type AdaptiveSpanAttentionOptions,
  adaptiveSpanAttention,
  largestReach,
  requireAttentionOptions,
  requireShapes,
} from './adaptive-span-attention.js';
import { positionScores } from './relative-positions.js';
import { mixOf, scoresOf } from './seen-product.js';

const OP = 'AdaptiveSpanCache';

/**
 * The keys and values that generation still needs. `step` computes `adaptiveSpanAttention` for the
 * next tokens of a sequence, without another pass over the earlier ones.
 *
 * A mask is 0 beyond z + R. So the cache holds only the last L = min(maxSpan, ceil(max z + R))
 * positions, for all heads of a layer. On WebGPU and WebGL, where a read of the spans would wait
 * for the device, L is maxSpan. The outputs are the same. The published code keeps the inputs of a
 * layer, and rounds L up to multiples of 64.
 *
 * The cache copies the spans and the positions, so later training does not change it. It has no
 * gradients. Call `dispose` when a sequence ends.
 */
export class AdaptiveSpanCache {
  private readonly span: Tensor1D;
  private readonly options: AdaptiveSpanAttentionOptions;
  /** L. */
  private readonly reach: number;
  private held: { keys: Tensor3D; values: Tensor3D; shape: string } | null = null;
  private isDisposed = false;

  /**
   * @param span the span of each head, shape [heads].
   * @throws ConfigError on what `adaptiveSpanAttention` refuses.
   */
  constructor(span: Tensor1D, options: AdaptiveSpanAttentionOptions) {
    requireTensor(OP, 'span', span);
    requireHeads(OP, span, span.size);
    requireAttentionOptions(OP, options, options?.positions?.shape?.[1] ?? 1);
    this.reach = largestReach(OP, span, options);
    const { positions } = options;
    this.span = keep(clone(span));
    this.options = { ...options, ...(positions ? { positions: keep(clone(positions)) } : {}) };
  }

  /** The number of positions in the cache. At most L. */
  get positions(): number {
    return this.held?.keys.shape[1] ?? 0;
  }

  /** The memory of the keys and values in the cache, in bytes. */
  get bytes(): number {
    return this.held ? 4 * (this.held.keys.size + this.held.values.size) : 0;
  }

  /**
   * The attention of the next n ≥ 1 tokens: of a whole prompt at first, and then usually of one.
   *
   * Shapes: q, k `[heads, n, d]`, v `[heads, n, e]` → `[heads, n, e]`. All may have a leading batch
   * axis. Its size, d and e stay the same until `dispose`.
   *
   * @throws ConfigError if the shapes do not fit, StateError after `dispose`.
   */
  step(q: Tensor, k: Tensor, v: Tensor): Tensor {
    const op = `${OP}.step`;
    if (this.isDisposed) {
      throw new StateError(`${op}: the cache must not be disposed; make a new AdaptiveSpanCache`);
    }
    requireShapes(op, q, k, v);
    const [heads, queries, depth] = q.shape.slice(-3) as [number, number, number];
    requireHeads(op, this.span, heads);
    requireAttentionOptions(op, this.options, depth);
    const size = v.shape.at(-1)!;
    const batch = q.rank === 4 ? q.shape[0]! : 1;
    const shape = `${[batch, heads, depth, size]}`;
    if (this.held && this.held.shape !== shape) {
      throw new ConfigError(
        `${op}: [batch, heads, d, e] must stay [${this.held.shape}], got [${shape}]; ` +
          'make a new AdaptiveSpanCache for another sequence',
      );
    }
    const rows = batch * heads;
    return tidy(() => {
      const before = this.positions;
      const flat = (x: Tensor) => reshape(x, [rows, queries, x.shape.at(-1)!]) as Tensor3D;
      const join = (held: Tensor3D | undefined, x: Tensor) =>
        held ? concat([held, flat(x)], 1) : flat(x);
      const [keys, values] = [join(this.held?.keys, k), join(this.held?.values, v)];
      const y =
        before === 0
          ? adaptiveSpanAttention(q, k, v, this.span, this.options)
          : reshape(this.attend(flat(q), keys, values, batch), [...q.shape.slice(0, -1), size]);
      this.hold(keys, values, shape);
      return y;
    });
  }

  /** Frees the memory of the cache. */
  dispose(): void {
    if (this.isDisposed) return;
    this.isDisposed = true;
    this.release();
    this.span.dispose();
    this.options.positions?.dispose();
  }

  private attend(q: Tensor3D, keys: Tensor3D, values: Tensor3D, batch: number): Tensor {
    const [rows, queries] = q.shape;
    const count = keys.shape[1];
    const before = count - queries;
    const { positions, maxSpan, smoothness } = this.options;
    const content = scoresOf(q, keys);
    const scores = positions
      ? add(
          content,
          positionScores(q, positions as Tensor2D, before, Math.min(this.reach, count - 1)),
        )
      : content;
    const heads = this.span.size;
    const weights = maskedSoftmax(
      reshape(scores, [batch, heads, queries, count]),
      distanceMatrix(queries, count),
      reshape(this.span, [1, heads, 1, 1]),
      { maxSpan, smoothness },
    );
    return mixOf(reshape(weights, [rows, queries, count]), values);
  }

  /** Keeps the last L positions. */
  private hold(keys: Tensor3D, values: Tensor3D, shape: string): void {
    const [rows, count] = keys.shape;
    const kept = Math.min(this.reach, count);
    const last = (x: Tensor3D) =>
      keep(slice(x, [0, count - kept, 0], [rows, kept, x.shape[2]])) as Tensor3D;
    const held = { keys: last(keys), values: last(values), shape };
    this.release();
    this.held = held;
  }

  private release(): void {
    this.held?.keys.dispose();
    this.held?.values.dispose();
    this.held = null;
  }
}
