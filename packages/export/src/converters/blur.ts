import type { GraphBuilder } from '../graph/graph-builder.js';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Pair, Value } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** The options of `BlurPool`, `MaxBlurPool` and `AvgBlurPool`. */
interface BlurConfig {
  filterSize: number;
  strides: Pair;
  padding: 'reflect' | 'replicate' | 'zero';
  poolSize: number;
}

/** `BlurPool`, or `MaxBlurPool` and `AvgBlurPool`, which reduce dense windows first. */
export function blurPool(reduce: 'max' | 'mean' | null): Converter {
  return (application) =>
    imageInChannelsLast(application, (x) => {
      const { poolSize } = application.config as unknown as BlurConfig;
      const size: Pair = [poolSize, poolSize];
      const dense = reduce ? application.graph.pool(reduce, x, size, [1, 1], 'valid') : x;
      return blurred(application, dense);
    });
}

/** Binomial blur and subsampling, `y = (b ⊗ b) ∗ x` at every stride-th pixel (Zhang 2019). */
function blurred(application: LayerApplication, x: Value): Value {
  const { graph } = application;
  const { filterSize, strides, padding } = application.config as unknown as BlurConfig;
  if (filterSize === 1) return subsampled(graph, x, strides);
  const before = Math.floor((filterSize - 1) / 2);
  const after = Math.ceil((filterSize - 1) / 2);
  const pads: Pair = [before, after];
  const padded =
    padding === 'zero'
      ? graph.pad(x, [[0, 0], pads, pads, [0, 0]])
      : [1, 2].reduce((image, axis) => {
          const size = x.shape[axis]!;
          const inside = padding === 'reflect' ? reflected : replicated;
          const indices = Array.from({ length: before + size + after }, (_, at) =>
            inside(at - before, size),
          );
          return graph.gather(image, axis, indices);
        }, x);
  const channels = x.shape[3]!;
  const kernel = application.constant('kernel', () => {
    const filter = binomial(filterSize);
    const values = filter.flatMap((a) =>
      filter.flatMap((b) => new Array<number>(channels).fill(a * b)),
    );
    return { shape: [filterSize, filterSize, channels, 1], values };
  });
  return graph.depthwiseConv2d(padded, kernel, { strides });
}

/** Every stride-th pixel, from the first one. */
function subsampled(graph: GraphBuilder, x: Value, strides: Pair): Value {
  if (strides.every((stride) => stride === 1)) return x;
  return graph.slice(
    x,
    strides.map((step, at) => ({ axis: at + 1, start: 0, end: x.shape[at + 1]!, step })),
  );
}

/** The pixel at a position, reflected at the border without the border pixel. */
function reflected(position: number, size: number): number {
  return position < 0 ? -position : position < size ? position : 2 * (size - 1) - position;
}

/** The pixel at a position, or the border pixel beyond the border. */
function replicated(position: number, size: number): number {
  return Math.min(Math.max(position, 0), size - 1);
}

/** Row n − 1 of Pascal's triangle, divided by its sum. */
function binomial(taps: number): number[] {
  let row = [1];
  for (let size = 1; size < taps; size++) {
    row = [...row, 0].map((value, at) => value + (row[at - 1] ?? 0));
  }
  return row.map((value) => value / 2 ** (taps - 1));
}
