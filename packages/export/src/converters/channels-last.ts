import type { LayerApplication } from '../graph/layer-application.js';
import type { Value } from '../graph/neutral-graph.js';

/** Runs a converter for NHWC images on each input of a layer, in the layer's `dataFormat`. */
export function inChannelsLast(
  { config, inputs, graph }: LayerApplication,
  convert: (images: Value[]) => Value[],
): Value[] {
  if (config.dataFormat !== 'channelsFirst') return convert(inputs);
  const images = inputs.map((input) => graph.transpose(input, [0, 2, 3, 1]));
  return convert(images).map((image) => graph.transpose(image, [0, 3, 1, 2]));
}

/** {@link inChannelsLast} for a layer with one input. */
export function imageInChannelsLast(
  application: LayerApplication,
  convert: (image: Value) => Value,
): Value {
  return inChannelsLast(application, ([image]) => [convert(image!)])[0]!;
}
