import { hasMember, matricesOf } from '@ds/graph';
import { type DataFormat, isMaskedConv2D } from '@ds/layers';
import type * as tfl from '@tensorflow/tfjs-layers';
import { constantAxes } from './constant-axes.js';
import { type ConstantPooling, constantPooling, nestedModel } from './constant-pooling.js';
import { roundedPooling } from './rounded-pooling.js';
import { stockActivation } from './stock-activation.js';
import { stockConvolution } from './stock-convolution.js';
import { composedWindows, type Place } from './stock-windows.js';

/** How to compose a layer that is not one pair of matrices. */
function composerOf(layer: tfl.layers.Layer): ((place: Place) => tfl.SymbolicTensor) | undefined {
  const name = layer.getClassName();
  const isActivation = name === 'ds>PolynomialActivation' || name === 'ds>UpsampledRelu';
  return isActivation ? stockActivation : composedWindows(name);
}

/** Whether stock layers can replace a pooling, an activation or a masked convolution. */
export function isFreezable(layer: tfl.layers.Layer): boolean {
  return (
    isMaskedConv2D(layer) ||
    hasMember(layer, 'matrices') ||
    hasMember(layer, 'axisMatrices') ||
    composerOf(layer) !== undefined
  );
}

/**
 * A pooling in stock layers, for images of `shape`, without the batch axis. `reference` is the
 * shape of a second input, which sets the output size. With `learned`, the shape that the pooling
 * leaves in the model, a pooling that masks the spectrum becomes a strided convolution.
 */
export function stockPooling(
  layer: tfl.layers.Layer,
  name: string,
  shape: number[],
  reference?: number[],
  learned?: number[],
): ConstantPooling {
  if (isMaskedConv2D(layer)) return stockConvolution(layer, name, shape.at(-1)!);
  const dataFormat = dataFormatOf(layer);
  if (hasMember(layer, 'matrices')) {
    if (learned && !reference) {
      const wanted = sidesOf(learned, dataFormat);
      const rounded = roundedPooling(layer, name, shape, wanted);
      if (rounded) return rounded;
    }
    const output = reference && sidesOf(reference, dataFormat);
    const matrices = matricesOf('freezeStrides', layer, sidesOf(shape, dataFormat), output);
    return constantPooling(name, shape, matrices, dataFormat);
  }
  if (hasMember(layer, 'axisMatrices')) {
    const sides = dataFormat === 'channelsFirst' ? shape.slice(1) : shape.slice(0, -1);
    return constantAxes(name, shape, layer.axisMatrices(sides), dataFormat);
  }
  const compose = composerOf(layer)!;
  return nestedModel(name, shape, (x) => compose({ layer, name, x, dataFormat }));
}

/** The data format of a layer that pools images. */
export function dataFormatOf(layer: tfl.layers.Layer): DataFormat {
  return layer.getConfig().dataFormat === 'channelsFirst' ? 'channelsFirst' : 'channelsLast';
}

/** The height and width of an image without the batch axis. */
function sidesOf(shape: number[], dataFormat: DataFormat): [number, number] {
  const [height, width] = dataFormat === 'channelsFirst' ? shape.slice(1) : shape;
  return [height!, width!];
}
