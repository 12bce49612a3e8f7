import type { FractionalAvgPool, FractionalMaxPool } from '@ds/layers';
import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Value } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** The regions of both axes, in one draw. */
type Draw = ReturnType<FractionalMaxPool['regions']>[number];

/** The first row or column of each region, and the one after its last: [start, end). */
type Regions = Draw['rows'];

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
function drawOf({ layer }: LayerApplication, x: Value, sample: number): Draw {
  const pooling = layer as FractionalMaxPool | FractionalAvgPool;
  return pooling.regions([x.shape[1]!, x.shape[2]!])[sample]!;
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
