import {
  type Checks,
  ConfigError,
  LAYER_CHECKS,
  numberIn,
  requireBoolean,
  requireList,
  requireOptions,
  requireSize,
  StateError,
} from '@ds/checks';
import { disposeByGraph, plainName, projectWeight, registerLayer } from '@ds/graph';
import {
  type serialization,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { AdaptiveSpanOptions } from './adaptive-span.js';
import {
  type AdaptiveSpanAttentionOptions,
  adaptiveSpanAttention,
} from './adaptive-span-attention.js';
import { AdaptiveSpanCache } from './adaptive-span-cache.js';
import { SpanConstraint, SpanInitializer, SpanPenalty } from './span-weight.js';

type LayerArgs = NonNullable<ConstructorParameters<typeof tfl.layers.Layer>[0]>;
type Shape = (number | null)[];

/** Whether two shapes may be equal. Sizes may be unknown. */
function agree(shape: Shape, other: Shape): boolean {
  return shape.every((size, at) => (size ?? other[at]) === (other[at] ?? size));
}

/** Configuration of {@link AdaptiveSpan}. */
export interface AdaptiveSpanConfig extends LayerArgs, AdaptiveSpanOptions {
  /** Initial spans, in tokens. Default 0, as published. */
  initialSpan?: number;
  /** λ of the penalty (λ/heads) Σ z on the spans. Default 0. */
  penalty?: number;
  /** Whether the layer learns relative positions. Default `false`. */
  relativePositions?: boolean;
}

const CONFIG: Checks<AdaptiveSpanConfig> = {
  maxSpan: requireSize,
  smoothness: numberIn(0),
  initialSpan: numberIn(0),
  penalty: numberIn(0),
  relativePositions: requireBoolean,
  ...LAYER_CHECKS,
};

/**
 * Attention with a learned span for each head, as a `tf.layers` layer around
 * `adaptiveSpanAttention`. Its weight `span` has shape [heads], in tokens. It stays in [0, maxSpan]
 * with any optimizer. The layer's losses include the paper's l1 penalty (Sukhbaatar et al. 2019,
 * eq. 4).
 *
 * With `relativePositions` it also has the weight `positions`, `[maxSpan, d]`: an embedding of each
 * distance for `adaptiveSpanAttention`. They begin at 0, so the layer first computes what it
 * computes without them. The published code begins with N(0, 1), and all layers share them.
 *
 * Shapes: [q, k, v], each `[batch, heads, T, d]` → `[batch, heads, T, e]`, with e from v. The spans
 * are in tokens, so they need a larger learning rate than other weights.
 *
 * @throws ConfigError on a bad configuration, or inputs that are not three tensors of those shapes.
 */
export class AdaptiveSpan extends tfl.layers.Layer {
  /** tfjs looks classes up by this name when it loads a model. */
  static className = 'ds>AdaptiveSpan';
  private readonly options: Required<
    Pick<
      AdaptiveSpanConfig,
      'maxSpan' | 'smoothness' | 'initialSpan' | 'penalty' | 'relativePositions'
    >
  >;
  private spanWeight: tfl.LayerVariable | null = null;
  private positionWeight: tfl.LayerVariable | null = null;

  constructor(config: AdaptiveSpanConfig) {
    requireOptions<AdaptiveSpanConfig>('AdaptiveSpan', 'config', config, CONFIG, [
      'maxSpan',
      'smoothness',
    ]);
    super({ ...config });
    this.name = config.name ?? plainName(this);
    const { maxSpan, smoothness, initialSpan = 0, penalty = 0, relativePositions = false } = config;
    if (initialSpan > maxSpan) {
      throw new ConfigError(
        `AdaptiveSpan: initialSpan must be in 0 … ${maxSpan}, got ${initialSpan}`,
      );
    }
    this.options = { maxSpan, smoothness, initialSpan, penalty, relativePositions };
  }

  override build(inputShape: Shape | Shape[]): void {
    const [, heads, , depth] = this.queryShape(inputShape);
    if (heads == null)
      throw new ConfigError('AdaptiveSpan: the number of heads must be known, got null');
    const { initialSpan, penalty, maxSpan, relativePositions } = this.options;
    const weight = this.addWeight(
      'span',
      [heads],
      'float32',
      new SpanInitializer(initialSpan),
      new SpanPenalty(penalty),
    );
    this.spanWeight = projectWeight(weight, new SpanConstraint(maxSpan));
    if (relativePositions) {
      if (depth == null) throw new ConfigError('AdaptiveSpan: d of q must be known, got null');
      const zeros = tfl.initializers.zeros();
      this.positionWeight = this.addWeight('positions', [maxSpan, depth], 'float32', zeros);
    }
    super.build(inputShape);
  }

  /** The current spans, in tokens. Empty until the layer is built. */
  get spans(): number[] {
    return this.spanWeight ? [...this.spanWeight.read().dataSync()] : [];
  }

  override dispose(): ReturnType<tfl.layers.Layer['dispose']> {
    return disposeByGraph(this, () => super.dispose());
  }

  override call(inputs: Tensor | Tensor[]): Tensor {
    requireList('AdaptiveSpan', 'inputs', inputs, 3);
    return tidy(() => {
      const [q, k, v] = inputs as [Tensor, Tensor, Tensor];
      return adaptiveSpanAttention(q, k, v, this.spanTensor(), this.attentionOptions());
    });
  }

  /**
   * A cache for generation with the present weights. Its `step` computes what the layer computes,
   * a few tokens at a time. Dispose it after use.
   *
   * @throws StateError if the layer is not built.
   */
  cache(): AdaptiveSpanCache {
    if (!this.spanWeight) {
      throw new StateError(
        'AdaptiveSpan.cache: the layer must be built, got a layer without weights; ' +
          'apply it to its inputs first',
      );
    }
    return new AdaptiveSpanCache(this.spanTensor(), this.attentionOptions());
  }

  private spanTensor(): Tensor1D {
    return this.spanWeight!.read() as Tensor1D;
  }

  private attentionOptions(): AdaptiveSpanAttentionOptions {
    const { maxSpan, smoothness } = this.options;
    const positions = this.positionWeight?.read() as Tensor2D | undefined;
    return { maxSpan, smoothness, ...(positions ? { positions } : {}) };
  }

  override computeOutputShape(inputShape: Shape | Shape[]): Shape {
    const query = this.queryShape(inputShape);
    return [...query.slice(0, 3), (inputShape as Shape[])[2]![3]!];
  }

  private queryShape(inputShape: Shape | Shape[]): Shape {
    const shapes = inputShape as Shape[];
    if (shapes.length !== 3 || shapes.some((shape) => shape?.length !== 4)) {
      throw new ConfigError(
        'AdaptiveSpan: inputs must be q, k and v of shape [batch, heads, T, d], ' +
          `got ${JSON.stringify(inputShape)}`,
      );
    }
    const [q, k, v] = shapes as [Shape, Shape, Shape];
    const outer = q.slice(0, 3);
    if (!agree(k, q) || !agree(v.slice(0, 3), outer) || !agree(v.slice(0, 3), k.slice(0, 3))) {
      throw new ConfigError(
        'AdaptiveSpan: q, k and v must agree in batch, heads and T, and q and k in d, ' +
          `got ${JSON.stringify(shapes)}`,
      );
    }
    this.requireWeights(q);
    return q;
  }

  /** Checks that the weights suit a query, once the layer is built. */
  private requireWeights(query: Shape): void {
    const heads = this.spanWeight?.shape[0] ?? null;
    const depth = this.positionWeight?.shape[1] ?? null;
    if (agree(query, [null, heads, null, depth])) return;
    throw new ConfigError(
      `AdaptiveSpan: q must have the shape ${JSON.stringify([null, heads, null, depth])} of the ` +
        `weights, got ${JSON.stringify(query)}`,
    );
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
registerLayer(AdaptiveSpan, 'AdaptiveSpan');
