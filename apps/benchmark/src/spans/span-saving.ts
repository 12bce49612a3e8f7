import { rampValue } from '@ds/masks';

/** The work of attention for one more character of a text. */
export interface AttentionWork {
  /** Earlier positions that are read. */
  positions: number;
  /** Multiply-adds: products with keys, embeddings of distances, and values. */
  multiplyAdds: number;
  /** Memory of the keys and values, in bytes of float32. */
  bytes: number;
}

/** The work of a learned span, and of full attention over the window. */
export interface SpanSaving {
  /** What the mask of each head leaves, by layer and head. */
  heads: AttentionWork[][];
  /** A head of full attention at the last character of a window. */
  fullHead: AttentionWork;
  /**
   * Positions in the cache of each layer, for each of its heads. A layer has one cache, so this is
   * the largest reach of its heads.
   */
  cached: number[];
}

/** The options of the model that set the work. */
export interface SavingOptions {
  window: number;
  headSize: number;
  maxSpan: number;
  smoothness: number;
  positions: 'absolute' | 'relative';
}

/** What spans save against full attention, for one more character. Spans by layer and head. */
export function spanSaving(spans: number[][], options: SavingOptions): SpanSaving {
  const { window, headSize, maxSpan, smoothness, positions } = options;
  const products = positions === 'relative' ? 3 : 2;
  const work = (count: number): AttentionWork => ({
    positions: count,
    multiplyAdds: products * count * headSize,
    bytes: 2 * count * headSize * 4,
  });
  const read = (span: number) => {
    let count = 0;
    while (count < Math.min(maxSpan, window - 1) && rampValue(count + 1, span, smoothness) > 0) {
      count++;
    }
    return count;
  };
  const heads = spans.map((layer) => layer.map((span) => work(read(span))));
  return {
    heads,
    fullHead: work(window - 1),
    cached: spans.map((layer) => Math.min(reachOf(layer, options), window - 1)),
  };
}

/** L of `AdaptiveSpanCache`. */
function reachOf(spans: number[], { maxSpan, smoothness }: SavingOptions): number {
  return Math.max(1, Math.min(maxSpan, Math.ceil(Math.max(...spans) + smoothness)));
}
