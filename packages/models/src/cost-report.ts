import type * as tfl from '@tensorflow/tfjs-layers';
import { applicationsOf } from './applications.js';
import { inputShapesOf } from './input-shapes.js';

/** What one application of a layer costs for one image. */
export interface LayerCost {
  /**
   * Name of the layer, in nested models and wrappers behind theirs: `trunk/pool`. A shared layer has one row for each
   * place where it is applied, a layer in `TimeDistributed` one for each moment.
   */
  layer: string;
  /** Shape of its output without the batch axis, at the strides as they stand. */
  outputShape: number[];
  /** Multiply-adds of convolutions and dense layers, a pooling's own included; all else counts 0. */
  macs: number;
  /** Number of weights, moving averages included; 0 in the later rows of a shared layer. */
  parameters: number;
  /** Bytes of the output in float32. */
  activationBytes: number;
}

/**
 * What a model costs for one image of `inputShape` ([height, width, channels]), layer by layer, in
 * network order, at the strides as they stand. Works for any `LayersModel`, nested models and wrappers
 * included: it runs one blank image through it and looks at the sizes, since with learned strides
 * they are known in no other way. Of a model with several inputs, one shape for each.
 *
 * @throws Error if inputShape does not suit the model.
 */
export function costReport(model: tfl.LayersModel, inputShape: number[] | number[][]): LayerCost[] {
  const shapes = inputShapesOf('costReport', model, inputShape);
  const counted = new Set<tfl.layers.Layer>();
  return applicationsOf(model, shapes).flatMap(({ layer, path, inputs, outputs }) =>
    outputs.map((outputShape, index) => {
      const first = !counted.has(layer);
      counted.add(layer);
      return {
        layer: path,
        outputShape,
        // The first output of an application bears the cost.
        macs: index === 0 ? multiplyAdds(layer, inputs, outputShape) : 0,
        parameters: first ? layer.countParams() : 0,
        activationBytes: 4 * count(outputShape),
      };
    }),
  );
}

/** Layers whose every kernel is applied once at each output position. */
const CONVOLUTIONS = ['Conv1D', 'Conv2D', 'Conv3D', 'DepthwiseConv2D', 'SeparableConv2D'];

/** What a layer shows that knows its own multiply-adds, for an output shape without the batch axis. */
interface CountingLayer {
  multiplyAdds(outputShape: number[]): number;
}

function counts(layer: tfl.layers.Layer): layer is tfl.layers.Layer & CountingLayer {
  return 'multiplyAdds' in layer && typeof layer.multiplyAdds === 'function';
}

/** Of one application: sizes of the kernels × the positions they are applied at. */
function multiplyAdds(layer: tfl.layers.Layer, inputs: number[][], outputShape: number[]): number {
  if (counts(layer)) return layer.multiplyAdds(outputShape);
  const kernels = layer.weights.filter(({ originalName }) => /kernel$/.test(originalName));
  if (kernels.length === 0) return 0;
  const className = layer.getClassName();
  if (!CONVOLUTIONS.includes(className) && className !== 'Dense') {
    // A silent zero would make the table wrong.
    throw new Error(
      `costReport: model must have layers whose multiply-adds are known, got ${layer.name} (${className} on [${inputs[0]}])`,
    );
  }
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const positions = channelsFirst ? outputShape.slice(1) : outputShape.slice(0, -1);
  const perPosition = kernels.reduce((total, kernel) => total + count(kernel.shape), 0);
  return perPosition * count(positions);
}

function count(shape: (number | null)[]): number {
  return shape.reduce<number>((product, axis) => product * (axis ?? 1), 1);
}
