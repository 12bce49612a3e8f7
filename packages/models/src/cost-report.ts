import { type CountingLayer, measureMultiplyAdds } from '@ds/layers';
import { type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What one application of a layer costs for one image. */
export interface LayerCost {
  /** Name of the layer; a shared layer has one row for each place where it is applied. */
  layer: string;
  /** Shape of its output without the batch axis, at the strides as they stand. */
  outputShape: number[];
  /**
   * Multiply-adds of convolutions, dense layers and poolings. What goes value by value (batch norm, ReLU,
   * a maximum) counts 0, and so do the means of global pooling.
   */
  macs: number;
  /** Number of weights, moving averages included; 0 in the later rows of a shared layer. */
  parameters: number;
  /** Bytes of the output in float32. */
  activationBytes: number;
}

/**
 * What a model costs for one image of `inputShape` ([height, width, channels]), layer by layer, in
 * network order, at the strides as they stand. Works for any `LayersModel`: it runs one blank image
 * through it and looks at the sizes, since with learned strides they are known in no other way.
 *
 * A pooling counts its own work in `multiplyAdds(outputShape, inputShape)`, as all of `@ds/layers` do; a layer
 * that is neither one of these nor one of tfjs's is run, and its kernels are counted.
 *
 * @throws Error if inputShape does not suit the model, or a layer's multiply-adds cannot be counted.
 */
export function costReport(model: tfl.LayersModel, inputShape: number[]): LayerCost[] {
  const applications = applicationsOf(model);
  const outputs = applications.map(({ output }) => output);
  const counted = new Set<tfl.layers.Layer>();
  const shapes = new Map<tfl.SymbolicTensor, number[]>([[model.inputs[0]!, inputShape]]);
  return tidy(() => {
    const probe = tfl.model({ inputs: model.inputs, outputs });
    const results = [probe.predict(zeros([1, ...inputShape]))].flat() as Tensor[];
    outputs.forEach((output, index) => {
      shapes.set(output, results[index]!.shape.slice(1));
    });
    return applications.map(({ layer, inputs, leads }, index) => {
      const outputShape = results[index]!.shape.slice(1);
      const inputShapes = inputs.map((input) => shapes.get(input)!);
      const first = !counted.has(layer);
      counted.add(layer);
      return {
        layer: layer.name,
        outputShape,
        macs: leads ? multiplyAdds(layer, inputShapes, outputShape) : 0,
        parameters: first ? layer.countParams() : 0,
        activationBytes: 4 * count(outputShape),
      };
    });
  });
}

interface Application {
  layer: tfl.layers.Layer;
  inputs: tfl.SymbolicTensor[];
  output: tfl.SymbolicTensor;
  /** Whether it is the first output of its application, which bears the cost. */
  leads: boolean;
}

/** Every place where the model applies a layer, in network order. */
function applicationsOf(model: tfl.LayersModel): Application[] {
  const found: Application[] = [];
  const inputLayers = new Set(model.inputs.map(({ sourceLayer }) => sourceLayer));
  for (const layer of model.layers) {
    if (inputLayers.has(layer)) continue;
    for (const node of layer.inboundNodes) {
      node.outputTensors.forEach((output, index) => {
        found.push({ layer, inputs: node.inputTensors, output, leads: index === 0 });
      });
    }
  }
  return found;
}

/** Layers whose every kernel is applied once at each output position. */
const CONVOLUTIONS = ['Conv1D', 'Conv2D', 'Conv3D', 'DepthwiseConv2D', 'SeparableConv2D'];

function counts(layer: tfl.layers.Layer): layer is tfl.layers.Layer & CountingLayer {
  return 'multiplyAdds' in layer && typeof layer.multiplyAdds === 'function';
}

/** Layers of tfjs that only go value by value, move values, or compare them. */
const FREE = new Set(
  `Activation Add AlphaDropout Average BatchNormalization Concatenate Cropping2D Dropout ELU Embedding
  Flatten GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalMaxPooling1D
  GlobalMaxPooling2D InputLayer LayerNormalization LeakyReLU Masking MaxPooling1D MaxPooling2D MaxPooling3D
  Maximum Minimum Multiply PReLU Permute ReLU RepeatVector Rescaling Reshape Softmax SpatialDropout1D
  ThresholdedReLU UpSampling2D ZeroPadding2D`.split(/\s+/),
);

/** tfjs's layers that run others or themselves many times. */
const RECURRENT = /^(RNN|SimpleRNN|GRU|LSTM|ConvLSTM2D|StackedRNNCells|Bidirectional)(Cell)?$/;

/** Of one application: sizes of the kernels × the positions they are applied at, or what the layer says. */
function multiplyAdds(
  layer: tfl.layers.Layer,
  inputShapes: number[][],
  outputShape: number[],
): number {
  if (counts(layer)) return countOf(layer, inputShapes[0]!, outputShape);
  const className = layer.getClassName();
  if (FREE.has(className)) return 0;
  if (RECURRENT.test(className)) {
    // A silent zero would make the table wrong.
    throw new Error(
      `costReport: model must have layers whose multiply-adds are known, got ${layer.name} (${className} on [${inputShapes[0]}])`,
    );
  }
  const kernels = layer.weights.filter(({ originalName }) => /kernel$/.test(originalName));
  if (!CONVOLUTIONS.includes(className) && className !== 'Dense') {
    return measureMultiplyAdds(layer, inputShapes).ran;
  }
  const channelsFirst = layer.getConfig().dataFormat === 'channelsFirst';
  const positions = channelsFirst ? outputShape.slice(1) : outputShape.slice(0, -1);
  const perPosition = kernels.reduce((total, kernel) => total + count(kernel.shape), 0);
  return perPosition * count(positions);
}

function countOf(
  layer: tfl.layers.Layer & CountingLayer,
  inputShape: number[],
  outputShape: number[],
): number {
  const macs = layer.multiplyAdds(outputShape, inputShape);
  if (Number.isFinite(macs) && macs >= 0) return macs;
  throw new Error(
    `costReport: multiplyAdds of ${layer.name} must be a finite number >= 0, got ${macs}`,
  );
}

function count(shape: (number | null)[]): number {
  return shape.reduce<number>((product, axis) => product * (axis ?? 1), 1);
}
