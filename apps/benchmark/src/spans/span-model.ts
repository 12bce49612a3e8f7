import { layersOf } from '@ds/graph';
import { AdaptiveSpan } from '@ds/masks';
import * as tf from '@tensorflow/tfjs-layers';
import type { PositionKind } from './corpus.js';

/** Options of a small character model with adaptive attention spans. */
export interface SpanModelOptions {
  alphabet: number;
  /** Characters per window. */
  window: number;
  layers: number;
  heads: number;
  /** Dimension of each head. */
  headSize: number;
  maxSpan: number;
  smoothness: number;
  initialSpan: number;
  /** λ of the penalty (λ/heads) Σ z of each layer. */
  penalty: number;
  /** Positions in the inputs, or learned embeddings of distances in each attention layer. */
  positions: PositionKind;
  seed: number;
}

/**
 * A causal transformer over one-hot characters, with one-hot or relative positions. Each block has
 * attention with adaptive spans and a two-layer perceptron, with a residual connection around each.
 * Attention reads the earlier characters only. The residual connection carries the character
 * itself.
 *
 * Shapes: `[batch, window, alphabet + window]`, or `[batch, window, alphabet]` with relative
 * positions → logits `[batch, window, alphabet]`.
 */
export function spanModel(options: SpanModelOptions): tf.LayersModel {
  const { alphabet, window, layers, heads, headSize, seed } = options;
  const size = heads * headSize;
  let weights = 0;
  const dense = (x: tf.SymbolicTensor, units: number, config: Partial<DenseConfig> = {}) =>
    tf.layers
      .dense({
        units,
        kernelInitializer: tf.initializers.varianceScaling({
          scale: 1,
          mode: 'fanIn',
          distribution: 'normal',
          seed: 1 + seed * 100 + weights++,
        }),
        ...config,
      })
      .apply(x) as tf.SymbolicTensor;
  /** Reshapes `[window, size]` to `[heads, window, headSize]`. */
  const split = (x: tf.SymbolicTensor) => {
    const parts = tf.layers.reshape({ targetShape: [window, heads, headSize] }).apply(x);
    return tf.layers.permute({ dims: [2, 1, 3] }).apply(parts) as tf.SymbolicTensor;
  };
  const add = (a: tf.SymbolicTensor, b: tf.SymbolicTensor) =>
    tf.layers.add().apply([a, b]) as tf.SymbolicTensor;

  const isRelative = options.positions === 'relative';
  const input = tf.input({ shape: [window, alphabet + (isRelative ? 0 : window)] });
  let x = dense(input, size, { useBias: false, kernelInitializer: embedding(seed) });
  for (let layer = 0; layer < layers; layer++) {
    const [q, k, v] = ['q', 'k', 'v'].map((name) =>
      split(dense(x, size, { name: `layer${layer}.${name}`, useBias: false })),
    );
    const { maxSpan, smoothness, initialSpan, penalty } = options;
    const attention = new AdaptiveSpan({
      name: `layer${layer}.span`,
      maxSpan,
      smoothness,
      initialSpan,
      penalty,
      relativePositions: isRelative,
    });
    const seen = attention.apply([q!, k!, v!]) as tf.SymbolicTensor;
    const together = tf.layers.permute({ dims: [2, 1, 3] }).apply(seen);
    const flat = tf.layers.reshape({ targetShape: [window, size] }).apply(together);
    x = add(x, dense(flat as tf.SymbolicTensor, size, { useBias: false }));
    x = add(x, dense(dense(x, 4 * size, { activation: 'relu' }), size));
  }
  const logits = dense(x, alphabet, { name: 'logits' });
  return tf.model({ name: 'adaptive-span', inputs: input, outputs: logits });
}

type DenseConfig = Parameters<typeof tf.layers.dense>[0];

/** One or two inputs are 1, so the variance of their rows' sum is 0.25 or 0.5. */
function embedding(seed: number) {
  return tf.initializers.randomNormal({ mean: 0, stddev: 0.5, seed: 1 + seed * 100 + 99 });
}

/** The spans of every layer, in tokens. */
export function spansOf(model: tf.LayersModel): number[][] {
  return layersOf(model)
    .map(({ layer }) => layer)
    .filter((layer): layer is AdaptiveSpan => layer instanceof AdaptiveSpan)
    .map((layer) => layer.spans);
}
