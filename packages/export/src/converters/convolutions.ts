import type { Padding, Pair } from '../graph/neutral-graph.js';
import { activated } from './activations.js';
import { imageInChannelsLast } from './channels-last.js';
import type { Converter } from './converter.js';

/** One number or two, as two. */
function pairOf(value: unknown): Pair {
  const [height, width = height] = [value].flat() as [number, number?];
  return [height, width];
}

/** `Conv2D`. */
export const conv2d: Converter = (application) => {
  const { config, graph } = application;
  return imageInChannelsLast(application, (x) => {
    const y = graph.conv2d(x, application.weight('kernel'), {
      bias: application.optionalWeight('bias'),
      strides: pairOf(config.strides),
      dilations: pairOf(config.dilationRate),
      padding: config.padding as Padding,
    });
    return activated(application, y, config.activation);
  });
};

/** `DepthwiseConv2D`. tfjs ignores its dilation. */
export const depthwiseConv2d: Converter = (application) => {
  const { config, graph } = application;
  return imageInChannelsLast(application, (x) => {
    const y = graph.depthwiseConv2d(x, application.weight('depthwise_kernel'), {
      bias: application.optionalWeight('bias'),
      strides: pairOf(config.strides),
      padding: config.padding as Padding,
    });
    return activated(application, y, config.activation);
  });
};

/** `SeparableConv2D`: a convolution of each channel, then one of 1×1. */
export const separableConv2d: Converter = (application) => {
  const { config, graph } = application;
  return imageInChannelsLast(application, (x) => {
    const each = graph.depthwiseConv2d(x, application.weight('depthwise_kernel'), {
      strides: pairOf(config.strides),
      dilations: pairOf(config.dilationRate),
      padding: config.padding as Padding,
    });
    const y = graph.conv2d(each, application.weight('pointwise_kernel'), {
      bias: application.optionalWeight('bias'),
    });
    return activated(application, y, config.activation);
  });
};

/** `Dense`, over the last axis. */
export const dense: Converter = (application) => {
  const { config, graph, x } = application;
  const y = graph.dense(x, application.weight('kernel'), application.optionalWeight('bias'));
  return activated(application, y, config.activation);
};
