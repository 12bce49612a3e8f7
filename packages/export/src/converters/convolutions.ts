import type { LayerApplication } from '../graph/layer-application.js';
import type { Padding, Pair, Value } from '../graph/neutral-graph.js';
import { activated } from './activations.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** One number or two, as two. */
function pairOf(value: unknown): Pair {
  const [height, width = height] = [value].flat() as [number, number?];
  return [height, width];
}

/**
 * A convolution in the layer's `dataFormat`, and its activation. A softmax is over the last axis of
 * the output in any format, as in tfjs.
 */
function convolution(application: LayerApplication, convert: (image: Value) => Value): Value {
  const y = imageInChannelsLast(application, convert);
  return activated(application, y, application.config.activation);
}

/** `Conv2D`. */
export const conv2d: Converter = (application) => {
  const { config, graph } = application;
  return convolution(application, (x) =>
    graph.conv2d(x, application.weight('kernel'), {
      bias: application.optionalWeight('bias'),
      strides: pairOf(config.strides),
      dilations: pairOf(config.dilationRate),
      padding: config.padding as Padding,
    }),
  );
};

/** `DepthwiseConv2D`. tfjs ignores its dilation. */
export const depthwiseConv2d: Converter = (application) => {
  const { config, graph } = application;
  return convolution(application, (x) =>
    graph.depthwiseConv2d(x, application.weight('depthwise_kernel'), {
      bias: application.optionalWeight('bias'),
      strides: pairOf(config.strides),
      padding: config.padding as Padding,
    }),
  );
};

/** `SeparableConv2D`: a convolution of each channel, then one of 1×1. */
export const separableConv2d: Converter = (application) => {
  const { config, graph } = application;
  return convolution(application, (x) => {
    const each = graph.depthwiseConv2d(x, application.weight('depthwise_kernel'), {
      strides: pairOf(config.strides),
      dilations: pairOf(config.dilationRate),
      padding: config.padding as Padding,
    });
    return graph.conv2d(each, application.weight('pointwise_kernel'), {
      bias: application.optionalWeight('bias'),
    });
  });
};

/** `Dense`, over the last axis. */
export const dense: Converter = (application) => {
  const { config, graph, x } = application;
  const y = graph.dense(x, application.weight('kernel'), application.optionalWeight('bias'));
  return activated(application, y, config.activation);
};
