import { type BlurFilter, type Border, blurFilter, blurPool1d } from '@ds/layers/ops';
import { eye, reshape, type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import type { GraphBuilder } from '../graph/graph-builder.js';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Pair, Value } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** The options of `BlurPool`, `MaxBlurPool` and `AvgBlurPool`. `null`: it does not apply. */
interface BlurConfig {
  filter?: BlurFilter;
  filterSize: number | Pair | null;
  attenuation?: number | null;
  strides: Pair | null;
  outputSize?: Pair | null;
  padding: Border;
  poolSize: number;
}

/** `BlurPool`, or `MaxBlurPool` and `AvgBlurPool`, which reduce dense windows first. */
export function blurPool(reduce: 'max' | 'mean' | null): Converter {
  return (application) =>
    imageInChannelsLast(application, (x) => {
      const { poolSize, padding } = application.config as unknown as BlurConfig;
      const { graph } = application;
      const size: Pair = [poolSize, poolSize];
      const windows: Pair = [0, poolSize - 1];
      const whole = padding === 'circular' ? bordered(graph, x, [windows, windows], padding) : x;
      const dense = reduce ? graph.pool(reduce, whole, size, [1, 1], 'valid') : x;
      return application.config.outputSize
        ? resized(application, dense)
        : blurred(application, dense);
    });
}

/** A blur to an output size: one matrix for each axis. */
function resized(application: LayerApplication, x: Value): Value {
  const [, height, width] = x.shape as [number, number, number, number];
  const rows = resizingMatrix(application, 0, height);
  return application.graph.resample(x, rows, resizingMatrix(application, 1, width));
}

/** The matrix [outputs, size] of an axis: the blur of the identity. */
function resizingMatrix(application: LayerApplication, axis: 0 | 1, size: number): Constant {
  const { attenuation, outputSize, padding } = application.config as unknown as BlurConfig;
  const outputs = outputSize![axis];
  return application.constant(`${axis === 0 ? 'rows' : 'columns'}_${size}`, () =>
    tidy(() => {
      const identity = reshape(eye(size), [1, size, size]) as Tensor3D;
      const options = { outputSize: outputs, attenuation: attenuation!, padding };
      const values = blurPool1d(identity, undefined, options).dataSync<'float32'>();
      return { shape: [outputs, size], values };
    }),
  );
}

/** A filter along each axis and subsampling, see `blurPool` of `@ds/layers`. */
function blurred(application: LayerApplication, x: Value): Value {
  const { graph } = application;
  const { padding, ...config } = application.config as unknown as BlurConfig;
  const strides = config.strides!;
  const [rows, columns] = [axisFilter(application, 0), axisFilter(application, 1)];
  if (rows.length === 1 && columns.length === 1) return subsampled(graph, x, strides);
  const padded = bordered(graph, x, [margins(rows), margins(columns)], padding);
  const channels = x.shape[3]!;
  const kernel = application.constant(`kernel_${channels}`, () => ({
    shape: [rows.length, columns.length, channels, 1],
    values: rows.flatMap((a) => columns.flatMap((b) => new Array<number>(channels).fill(a * b))),
  }));
  return graph.depthwiseConv2d(padded, kernel, { strides });
}

/** The taps of the filter along the height (0) or the width (1). */
function axisFilter({ config }: LayerApplication, axis: 0 | 1): number[] {
  const { filter = 'binomial', filterSize, attenuation, strides } = config as unknown as BlurConfig;
  const size = Array.isArray(filterSize) ? filterSize[axis] : filterSize;
  return blurFilter(strides![axis], {
    filter: typeof filter === 'string' ? filter : { taps: ofAxis(filter.taps, axis) },
    ...(size === null ? {} : { filterSize: size }),
    ...(attenuation == null ? {} : { attenuation }),
  });
}

/** The taps of an axis. Both axes may share one list. */
function ofAxis(taps: number[] | number[][], axis: 0 | 1): number[] {
  const own = taps[axis];
  return Array.isArray(own) ? own : (taps as number[]);
}

/** The pixels that a filter needs before and after an axis. */
function margins(filter: number[]): Pair {
  return [Math.floor((filter.length - 1) / 2), Math.ceil((filter.length - 1) / 2)];
}

/** An image with pixels beyond its border along both axes. */
function bordered(graph: GraphBuilder, x: Value, sides: [Pair, Pair], padding: Border): Value {
  if (padding === 'zero') return graph.pad(x, [[0, 0], ...sides, [0, 0]]);
  return sides.reduce((image, [before, after], at) => {
    const size = image.shape[at + 1]!;
    const indices = Array.from({ length: before + size + after }, (_, i) =>
      INSIDE[padding](i - before, size),
    );
    return graph.gather(image, at + 1, indices);
  }, x);
}

/** The pixel at a position, by the border. */
const INSIDE: Record<Exclude<Border, 'zero'>, (position: number, size: number) => number> = {
  reflect: (position, size) =>
    position < 0 ? -position : position < size ? position : 2 * (size - 1) - position,
  replicate: (position, size) => Math.min(Math.max(position, 0), size - 1),
  circular: (position, size) => ((position % size) + size) % size,
};

/** Every stride-th pixel, from the first one. */
function subsampled(graph: GraphBuilder, x: Value, strides: Pair): Value {
  if (strides.every((stride) => stride === 1)) return x;
  return graph.slice(
    x,
    strides.map((step, at) => ({ axis: at + 1, start: 0, end: x.shape[at + 1]!, step })),
  );
}
