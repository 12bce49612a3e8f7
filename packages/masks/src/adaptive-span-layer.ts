import {
  type Checks,
  ConfigError,
  LAYER_CHECKS,
  numberIn,
  requireList,
  requireOptions,
  requireSize,
} from '@ds/checks';
import { disposeByGraph, plainName, projectWeight, registerLayer } from '@ds/graph';
import { type serialization, type Tensor, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import type { AdaptiveSpanOptions } from './adaptive-span.js';
import { adaptiveSpanAttention } from './adaptive-span-attention.js';
import { SpanConstraint, SpanInitializer, SpanPenalty } from './span-weight.js';

type LayerArgs = NonNullable<ConstructorParameters<typeof tfl.layers.Layer>[0]>;
type Shape = (number | null)[];

/** Configuration of {@link AdaptiveSpan}. */
export interface AdaptiveSpanConfig extends LayerArgs, AdaptiveSpanOptions {
  /** Initial spans, in tokens. Default 0, as published. */
  initialSpan?: number;
  /** λ of the penalty (λ/heads) Σ z on the spans. Default 0. */
  penalty?: number;
}

const CONFIG: Checks<AdaptiveSpanConfig> = {
  maxSpan: requireSize,
  smoothness: numberIn(0),
  initialSpan: numberIn(0),
  penalty: numberIn(0),
  ...LAYER_CHECKS,
};

/**
 * Attention with a learned span for each head, as a `tf.layers` layer around
 * `adaptiveSpanAttention`. Its weight `span` has shape [heads], in tokens. It stays in [0, maxSpan]
 * with any optimizer. The layer's losses include the paper's l1 penalty (Sukhbaatar et al. 2019,
 * eq. 4).
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
    Pick<AdaptiveSpanConfig, 'maxSpan' | 'smoothness' | 'initialSpan' | 'penalty'>
  >;
  private spanWeight: tfl.LayerVariable | null = null;

  constructor(config: AdaptiveSpanConfig) {
    requireOptions<AdaptiveSpanConfig>('AdaptiveSpan', 'config', config, CONFIG, [
      'maxSpan',
      'smoothness',
    ]);
    super({ ...config });
    this.name = config.name ?? plainName(this);
    const { maxSpan, smoothness, initialSpan = 0, penalty = 0 } = config;
    if (initialSpan > maxSpan) {
      throw new ConfigError(
        `AdaptiveSpan: initialSpan must be in 0 … ${maxSpan}, got ${initialSpan}`,
      );
    }
    this.options = { maxSpan, smoothness, initialSpan, penalty };
  }

  override build(inputShape: Shape | Shape[]): void {
    const heads = this.queryShape(inputShape)[1];
    if (heads == null)
      throw new ConfigError('AdaptiveSpan: the number of heads must be known, got null');
    const { initialSpan, penalty, maxSpan } = this.options;
    const weight = this.addWeight(
      'span',
      [heads],
      'float32',
      new SpanInitializer(initialSpan),
      new SpanPenalty(penalty),
    );
    this.spanWeight = projectWeight(weight, new SpanConstraint(maxSpan));
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
      const { maxSpan, smoothness } = this.options;
      return adaptiveSpanAttention(q, k, v, this.spanWeight!.read() as Tensor1D, {
        maxSpan,
        smoothness,
      });
    });
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
    return shapes[0]!;
  }

  override getConfig(): serialization.ConfigDict {
    return { ...super.getConfig(), ...this.options };
  }
}
registerLayer(AdaptiveSpan, 'AdaptiveSpan');
