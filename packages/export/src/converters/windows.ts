import type { LayerApplication } from '../graph/layer-application.js';
import type { Padding, Pair, Value } from '../graph/neutral-graph.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** `MaxPooling2D` or `AveragePooling2D`. */
export function pooling(reduce: 'max' | 'mean'): Converter {
  return (application) => {
    const { poolSize, strides, padding } = application.config as {
      poolSize: Pair;
      strides: Pair;
      padding: Padding;
    };
    return imageInChannelsLast(application, (x) =>
      application.graph.pool(reduce, x, poolSize, strides, padding),
    );
  };
}

/** `GlobalMaxPooling` or `GlobalAveragePooling`, over all axes but the batch and the channels. */
export function globalPooling(reduce: 'max' | 'mean'): Converter {
  return ({ graph, x, config }: LayerApplication): Value => {
    const between = x.shape.map((_, axis) => axis).slice(1, -1);
    const isFirst = config.dataFormat === 'channelsFirst';
    return graph.reduce(reduce, x, isFirst ? between.map((axis) => axis + 1) : between);
  };
}
