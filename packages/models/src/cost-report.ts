import { ConfigError, requireList } from '@ds/checks';
import { hasMember, inputShapesOf, type LayerWith } from '@ds/graph';
import { isDctDiffStride, isDiffStride, measureMultiplyAdds } from '@ds/layers';
import type * as tfl from '@tensorflow/tfjs-layers';
import { type Application, applicationsOf } from './applications.js';

/** The cost of one application of a layer, for one image. */
export interface LayerCost {
  /**
   * The layer's path, after the models and wrappers around it: `trunk/pool`. A shared layer has one
   * row per application, and a layer in `TimeDistributed` one row per time step. A cell of
   * tfjs's recurrent layers has one row for all steps.
   */
  layer: string;
  /**
   * Shape of the output without the batch axis, at the current strides. For a recurrent cell: the
   * shape of one step.
   */
  outputShape: number[];
  /**
   * Multiply-adds of convolutions, dense layers and poolings. Elementwise operations (batch norm,
   * ReLU, a maximum) and the means of global pooling count 0.
   */
  macs: number;
  /** Number of weights, including moving averages. 0 in later rows of a shared layer. */
  parameters: number;
  /** Bytes of the output in float32. */
  activationBytes: number;
  /** Says that a layer with learned strides leaves its map at its size, why, and the remedy. */
  note?: string;
}

/**
 * Reports the cost of a model for one image of `inputShape` ([height, width, channels]), or for one
 * sound or volume, layer by layer in network order, at the current strides. It works for any
 * `LayersModel`, including nested models and wrappers. It runs one blank image through the model,
 * because the output sizes of learned strides are known only then. For several inputs pass a list
 * with one shape per input.
 *
 * A pooling counts its own multiply-adds in `multiplyAdds(outputShape, inputShape)`, as those of
 * `@ds/layers` do. Convolutions, dense layers and recurrent cells are counted by formula.
 * Elementwise layers of tfjs count 0. For other layers, the report runs the layer and counts its
 * kernels.
 *
 * @throws ConfigError if inputShape does not suit the model, or a layer's multiply-adds cannot be
 *   counted.
 */
export function costReport(model: tfl.LayersModel, inputShape: number[] | number[][]): LayerCost[] {
  requireList('costReport', 'inputShape', inputShape);
  const shapes = inputShapesOf('costReport', model, inputShape);
  const counted = new Set<tfl.layers.Layer>();
  const applications = applicationsOf('costReport', model, shapes);
  return applications.flatMap(({ layer, path, inputs, outputs }) => {
    if (CELL.test(layer.getClassName())) {
      if (counted.has(layer)) return [];
      counted.add(layer);
      return [cellCost(applications.filter((one) => one.layer === layer) as [Application])];
    }
    return outputs.map((outputShape, index) => {
      const first = !counted.has(layer);
      counted.add(layer);
      return {
        layer: path,
        outputShape,
        // The first output carries the cost of the whole application.
        macs: index === 0 ? multiplyAdds(layer, inputs, outputShape) : 0,
        parameters: first ? layer.countParams() : 0,
        activationBytes: 4 * count(outputShape),
        ...noteOf(layer, inputs[0]!),
      };
    });
  });
}

/** The cost of all steps of a recurrent cell. The first output of a step is that of the layer. */
function cellCost(steps: [Application, ...Application[]]): LayerCost {
  const [{ layer, path, outputs }] = steps;
  const outputShape = outputs[0]!;
  return {
    layer: path,
    outputShape,
    macs: steps.length * byKernels(layer, outputShape),
    parameters: layer.countParams(),
    activationBytes: steps.length * 4 * count(outputShape),
  };
}

/** The note of a pooling that does not reduce its map. */
function noteOf(layer: tfl.layers.Layer, inputShape: number[]): Pick<LayerCost, 'note'> {
  if (!isDiffStride(layer) && !isDctDiffStride(layer)) return {};
  const isChannelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const sides = isChannelsFirst ? inputShape.slice(1) : inputShape.slice(0, -1);
  const note = layer.reductionNote(sides);
  return note ? { note } : {};
}

/** Layers that apply every kernel once per output position. */
const CONVOLUTIONS = ['Conv1D', 'Conv2D', 'Conv3D', 'DepthwiseConv2D', 'SeparableConv2D'];

/** Layers of tfjs that compute elementwise, move values, or compare values. */
const FREE = new Set(
  `Activation Add AlphaDropout Average BatchNormalization Concatenate Cropping2D Dropout ELU
  Embedding Flatten GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D
  GlobalMaxPooling1D GlobalMaxPooling2D InputLayer LayerNormalization LeakyReLU Masking MaxPooling1D
  MaxPooling2D MaxPooling3D Maximum Minimum Multiply PReLU Permute ReLU RepeatVector Rescaling
  Reshape Softmax SpatialDropout1D ThresholdedReLU UpSampling2D ZeroPadding2D`.split(/\s+/),
);

/** The cells of recurrent layers. They apply their kernels once per step and output position. */
const CELL = /^(SimpleRNN|GRU|LSTM|ConvLSTM2D)Cell$/;

/**
 * The multiply-adds of one application: the layer's own count, or kernel size × output positions.
 */
function multiplyAdds(
  layer: tfl.layers.Layer,
  inputShapes: number[][],
  outputShape: number[],
): number {
  if (hasMember(layer, 'multiplyAdds')) return countOf(layer, inputShapes[0]!, outputShape);
  const className = layer.getClassName();
  if (FREE.has(className)) return 0;
  if (!CONVOLUTIONS.includes(className) && className !== 'Dense') {
    return measureMultiplyAdds(layer, inputShapes, 'costReport').ran;
  }
  return byKernels(layer, outputShape);
}

/** Size of all kernels × output positions. */
function byKernels(layer: tfl.layers.Layer, outputShape: number[]): number {
  const kernels = layer.weights.filter(({ originalName }) => /kernel$/.test(originalName));
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const positions = channelsFirst ? outputShape.slice(1) : outputShape.slice(0, -1);
  const perPosition = kernels.reduce((total, kernel) => total + count(kernel.shape), 0);
  return perPosition * count(positions);
}

function countOf(
  layer: LayerWith<'multiplyAdds'>,
  inputShape: number[],
  outputShape: number[],
): number {
  const macs = layer.multiplyAdds(outputShape, inputShape);
  if (Number.isFinite(macs) && macs >= 0) return macs;
  throw new ConfigError(
    `costReport: multiplyAdds of ${layer.name} must be a finite number >= 0, got ${macs}`,
  );
}

function count(shape: (number | null)[]): number {
  return shape.reduce<number>((product, axis) => product * (axis ?? 1), 1);
}
