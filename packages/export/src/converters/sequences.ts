import type { LayerApplication } from '../graph/layer-application.js';
import type { Constant, Padding, Value } from '../graph/neutral-graph.js';
import { activated } from './activations.js';
import type { Converter } from './converter.js';

/** Runs operations on a sequence `[N, L, C]` as an image `[N, L, 1, C]` of one column. */
function asImage({ graph, x }: LayerApplication, operate: (image: Value) => Value): Value {
  const [, length, channels] = x.shape as [number, number, number];
  const image = operate(graph.reshape(x, [length, 1, channels]));
  return graph.reshape(image, [image.shape[1]!, image.shape[3]!]);
}

/** One number, or a list of it. */
function numberOf(value: unknown): number {
  return [value].flat()[0] as number;
}

/** `Conv1D`. tfjs leaves its data format out of its options. */
export const conv1d: Converter = (application) => {
  const { config, graph } = application;
  const { dataFormat } = application.layer as { dataFormat?: string };
  if (dataFormat === 'channelsFirst') {
    application.refuse("have dataFormat 'channelsLast'", dataFormat);
  }
  if (config.padding === 'causal') {
    application.refuse("have padding 'same' or 'valid'", config.padding);
  }
  const y = asImage(application, (image) =>
    graph.conv2d(image, kernelOf(application), {
      bias: application.optionalWeight('bias'),
      strides: [numberOf(config.strides), 1],
      dilations: [numberOf(config.dilationRate), 1],
      padding: config.padding as Padding,
    }),
  );
  return activated(application, y, config.activation);
};

/** The kernel [k, in, out] as [k, 1, in, out]. */
function kernelOf(application: LayerApplication): Constant {
  const { shape, values } = application.weight('kernel');
  const [width, ...channels] = shape as [number, number, number];
  return application.constant('kernel_of_column', () => ({
    shape: [width, 1, ...channels],
    values,
  }));
}

/** `MaxPooling1D` or `AveragePooling1D`. */
export function pooling1d(reduce: 'max' | 'mean'): Converter {
  return (application) => {
    const { poolSize, strides, padding } = application.config;
    return asImage(application, (image) =>
      application.graph.pool(
        reduce,
        image,
        [numberOf(poolSize), 1],
        [numberOf(strides), 1],
        padding as Padding,
      ),
    );
  };
}
