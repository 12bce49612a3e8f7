import { integerIn, requireModel, requireNumbers } from '@ds/checks';
import { type Tensor, tidy, zeros } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';

/** What one application of a layer costs for one image. */
export interface LayerCost {
  /** Name of the layer; a shared layer has one row for each place where it is applied. */
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
 * network order, at the strides as they stand. Works for any `LayersModel`: it runs one blank image
 * through it and looks at the sizes, since with learned strides they are known in no other way.
 *
 * @throws Error if inputShape does not suit the model.
 */
export function costReport(model: tfl.LayersModel, inputShape: number[]): LayerCost[] {
  requireModel('costReport', 'model', model);
  requireNumbers('costReport', 'inputShape', inputShape, undefined, integerIn(1, LARGEST_SIDE));
  const applications = applicationsOf(model);
  const outputs = applications.map(({ output }) => output);
  const counted = new Set<tfl.layers.Layer>();
  return tidy(() => {
    const probe = tfl.model({ inputs: model.inputs, outputs });
    const results = [probe.predict(zeros([1, ...inputShape]))].flat() as Tensor[];
    return applications.map(({ layer, inputs, leads }, index) => {
      const outputShape = results[index]!.shape.slice(1);
      const first = !counted.has(layer);
      counted.add(layer);
      return {
        layer: layer.name,
        outputShape,
        macs: leads ? multiplyAdds(layer, inputs, outputShape) : 0,
        parameters: first ? layer.countParams() : 0,
        activationBytes: 4 * count(outputShape),
      };
    });
  });
}

/** Pixels along a side of the blank image that is run. */
const LARGEST_SIDE = 2 ** 14;

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

/** What a layer shows that knows its own multiply-adds, for an output shape without the batch axis. */
interface CountingLayer {
  multiplyAdds(outputShape: number[]): number;
}

function counts(layer: tfl.layers.Layer): layer is tfl.layers.Layer & CountingLayer {
  return 'multiplyAdds' in layer && typeof layer.multiplyAdds === 'function';
}

/** Of one application: sizes of the kernels × the positions they are applied at. */
function multiplyAdds(
  layer: tfl.layers.Layer,
  inputs: tfl.SymbolicTensor[],
  outputShape: number[],
): number {
  if (counts(layer)) return layer.multiplyAdds(outputShape);
  const kernels = layer.weights.filter(({ originalName }) => /kernel$/.test(originalName));
  if (kernels.length === 0) return 0;
  const className = layer.getClassName();
  if (!CONVOLUTIONS.includes(className) && className !== 'Dense') {
    // A silent zero would make the table wrong.
    throw new Error(
      `costReport: model must have layers whose multiply-adds are known, got ${layer.name} (${className} on [${inputs[0]?.shape}])`,
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
