import { refuse, requireFunction, requireString } from '@ds/checks';
import { hasMember } from '@ds/graph';
import type { layers } from '@tensorflow/tfjs-layers';
import { activation, elu, leakyRelu, prelu, relu, softmax } from './activations.js';
import { polynomialActivation, upsampledRelu } from './alias-free.js';
import { blurPool } from './blur.js';
import type { Converter } from './converter.js';
import { conv2d, dense, depthwiseConv2d, separableConv2d } from './convolutions.js';
import { flcPool } from './flc.js';
import { fractionalPool } from './fractional.js';
import { matrixPooling } from './matrix-pooling.js';
import { average, concatenate, merging } from './merges.js';
import { batchNormalization } from './normalization.js';
import { apsPool, lpsPool, tipsPool } from './polyphase.js';
import { gru, lstm, simpleRnn } from './recurrent.js';
import { conv1d, pooling1d } from './sequences.js';
import {
  cropping2d,
  flatten,
  identity,
  permute,
  reshape,
  upSampling2d,
  zeroPadding2d,
} from './shapes.js';
import { globalPooling, pooling } from './windows.js';

/** The converters of this package, by the class name in saved models. */
const PROVIDED: Record<string, Converter> = {
  Activation: activation,
  Add: merging('add'),
  AlphaDropout: identity,
  Average: average,
  AveragePooling1D: pooling1d('mean'),
  AveragePooling2D: pooling('mean'),
  BatchNormalization: batchNormalization,
  Concatenate: concatenate,
  Conv1D: conv1d,
  Conv2D: conv2d,
  Cropping2D: cropping2d,
  Dense: dense,
  DepthwiseConv2D: depthwiseConv2d,
  Dropout: identity,
  ELU: elu,
  Flatten: flatten,
  GaussianDropout: identity,
  GaussianNoise: identity,
  GlobalAveragePooling1D: globalPooling('mean'),
  GlobalAveragePooling2D: globalPooling('mean'),
  GlobalMaxPooling1D: globalPooling('max'),
  GlobalMaxPooling2D: globalPooling('max'),
  GRU: gru,
  LeakyReLU: leakyRelu,
  LSTM: lstm,
  Maximum: merging('maximum'),
  MaxPooling1D: pooling1d('max'),
  MaxPooling2D: pooling('max'),
  Minimum: merging('minimum'),
  Multiply: merging('multiply'),
  Permute: permute,
  PReLU: prelu,
  ReLU: relu,
  Reshape: reshape,
  SeparableConv2D: separableConv2d,
  SimpleRNN: simpleRnn,
  Softmax: softmax,
  SpatialDropout1D: identity,
  UpSampling2D: upSampling2d,
  ZeroPadding2D: zeroPadding2d,
  'ds>ApsPool': apsPool,
  'ds>AvgBlurPool': blurPool('mean'),
  'ds>BlurPool': blurPool(null),
  'ds>FlcPool': flcPool,
  'ds>FractionalAvgPool': fractionalPool('mean'),
  'ds>FractionalMaxPool': fractionalPool('max'),
  'ds>LpsPool': lpsPool,
  'ds>MaxBlurPool': blurPool('max'),
  'ds>PolynomialActivation': polynomialActivation,
  'ds>TipsPool': tipsPool,
  'ds>UpsampledRelu': upsampledRelu,
};

const REGISTRY = Symbol.for('@ds/export/converters');
const host = globalThis as { [REGISTRY]?: Map<string, Converter> };

/** The registered converters. A process has one list, even with several copies of this package. */
function registered(): Map<string, Converter> {
  host[REGISTRY] ??= new Map();
  return host[REGISTRY];
}

/**
 * Registers the converter of a layer class, for `toOnnx` and `toGraphModel`. `className` is the
 * layer's class name in saved models, as `layer.getClassName()` returns it. The converter describes
 * the layer at inference.
 *
 * Linear, separable poolings with the member `matrices` of `PoolingLayer` need no converter.
 *
 * @throws ConfigError if `className` is not a name, or has a converter, or `converter` is not a
 *   function.
 */
export function registerConverter(className: string, converter: Converter): void {
  requireString('registerConverter', 'className', className);
  requireFunction('registerConverter', 'converter', converter);
  if (Object.hasOwn(PROVIDED, className) || registered().has(className)) {
    refuse('registerConverter', 'className', 'name a class that has no converter yet', className);
  }
  registered().set(className, converter);
}

/** The converter of a layer, or `null` if it has none. */
export function converterOf(layer: layers.Layer): Converter | null {
  const className = layer.getClassName();
  if (Object.hasOwn(PROVIDED, className)) return PROVIDED[className]!;
  const own = registered().get(className);
  if (own) return own;
  return hasMember(layer, 'matrices') ? matrixPooling : null;
}
