import { type FractionalPoolOptions, fractionalMaxPool } from '@ds/layers/ops';
import { type Tensor4D, tidy, zeros } from '@tensorflow/tfjs-core';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Value } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** The first row or column of each region, and the one after its last: [start, end). */
type Regions = [number, number][];

/** The regions of both axes. */
interface Draw {
  rows: Regions;
  columns: Regions;
}

/**
 * `FractionalMaxPool` or `FractionalAvgPool` at inference: the mean over the layer's fixed draws
 * (Graham 2014).
 */
export function fractionalPool(reduce: 'max' | 'mean'): Converter {
  return (application) =>
    imageInChannelsLast(application, (x) => {
      const { graph, config } = application;
      const count = config.samples as number;
      const draws = Array.from({ length: count }, (_, sample) => {
        const draw = drawOf(application, x, sample);
        return reduce === 'max'
          ? maxima(application, x, draw)
          : means(application, x, draw, sample);
      });
      const sum = draws.reduce((total, one) => graph.arithmetic('add', total, one));
      return count === 1 ? sum : graph.arithmetic('multiply', sum, 1 / count);
    });
}

/** The regions of one draw at inference. The layer counts these draws down from 0. */
function drawOf({ config }: LayerApplication, x: Value, sample: number): Draw {
  const { ratio, outputSize, pseudoRandom, overlapping } = config as FractionalPoolOptions;
  const seed = Math.imul(config.seed as number, 1_000_003) - sample;
  const size = ratio === undefined ? { outputSize } : { ratio };
  const [rows, columns] = tidy(() => {
    const blank = zeros([1, x.shape[1]!, x.shape[2]!, 1]) as Tensor4D;
    const drawn = fractionalMaxPool(blank, { ...size, pseudoRandom, seed });
    return [drawn.rows, drawn.columns];
  });
  const regions = (edges: number[]): Regions =>
    edges
      .slice(0, -1)
      .map((start, at) => [start, Math.min(edges[at + 1]! + (overlapping ? 1 : 0), edges.at(-1)!)]);
  return { rows: regions(rows), columns: regions(columns) };
}

/**
 * The maximum of each region. All regions become as long as the longest one, by repetition of their
 * last pixel. Then plain max-pooling finds the maxima.
 */
function maxima({ graph }: LayerApplication, x: Value, { rows, columns }: Draw): Value {
  const [height, width] = [rows, columns].map(longest) as [number, number];
  const repeated = (regions: Regions, length: number) =>
    regions.flatMap(([start, end]) =>
      Array.from({ length }, (_, at) => Math.min(start + at, end - 1)),
    );
  const tall = graph.gather(x, 1, repeated(rows, height));
  const wide = graph.gather(tall, 2, repeated(columns, width));
  return graph.pool('max', wide, [height, width], [height, width], 'valid');
}

function longest(regions: Regions): number {
  return regions.reduce((most, [start, end]) => Math.max(most, end - start), 0);
}

/** The mean of each region: one matrix per axis. */
function means(application: LayerApplication, x: Value, draw: Draw, sample: number): Value {
  const [, height, width] = x.shape as [number, number, number, number];
  const matrix = (name: string, regions: Regions, size: number): Constant =>
    application.constant(`${name}_${height}x${width}_${sample}`, () => {
      const values = new Float32Array(regions.length * size);
      regions.forEach(([start, end], row) => {
        values.fill(1 / (end - start), row * size + start, row * size + end);
      });
      return { shape: [regions.length, size], values };
    });
  const rows = matrix('rows', draw.rows, height);
  return application.graph.resample(x, rows, matrix('columns', draw.columns, width));
}
