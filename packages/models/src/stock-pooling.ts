import { hasMember } from '@ds/graph';
import { type AxisTaps, type PoolingMatrices, type Regions, tapMatrix } from '@ds/kernels';
import { BlurPool, isMaskedConv2D, PadImage } from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { constantAxes } from './constant-axes.js';
import { type ConstantPooling, constantPooling, nestedModel } from './constant-pooling.js';
import { roundedPooling } from './rounded-pooling.js';
import { stockActivation } from './stock-activation.js';
import { COMPOSED_AXES } from './stock-axes.js';
import { stockConvolution } from './stock-convolution.js';

type DataFormat = 'channelsFirst' | 'channelsLast';

/** The input of a pooling that becomes stock layers. */
interface Place {
  layer: tfl.layers.Layer;
  /** The name of its stock layers. */
  name: string;
  x: tfl.SymbolicTensor;
  dataFormat: DataFormat;
}

/** Poolings and activations that are not one pair of matrices, by class. */
const COMPOSED: Record<string, (place: Place) => tfl.SymbolicTensor> = {
  'ds>MaxBlurPool': (place) => windowsThenBlur(place, 'maxPooling2d'),
  'ds>AvgBlurPool': (place) => windowsThenBlur(place, 'averagePooling2d'),
  'ds>FractionalMaxPool': (place) => meanOfSamples(place, maximaOverRegions),
  'ds>FractionalAvgPool': (place) => meanOfSamples(place, meansOverRegions),
  'ds>PolynomialActivation': stockActivation,
  'ds>UpsampledRelu': stockActivation,
  ...COMPOSED_AXES,
};

/** Whether stock layers can replace a pooling, an activation or a masked convolution. */
export function isFreezable(layer: tfl.layers.Layer): boolean {
  return (
    isMaskedConv2D(layer) ||
    hasMember(layer, 'matrices') ||
    hasMember(layer, 'axisMatrices') ||
    Object.hasOwn(COMPOSED, layer.getClassName())
  );
}

/**
 * A pooling in stock layers, for images of `shape`, without the batch axis. With `isRounded`, a
 * pooling that masks the spectrum becomes a strided convolution. `reference` is the shape of a
 * second input, which sets the output size.
 */
export function stockPooling(
  layer: tfl.layers.Layer,
  name: string,
  shape: number[],
  isRounded: boolean,
  reference?: number[],
): ConstantPooling {
  if (isMaskedConv2D(layer)) return stockConvolution(layer, name, shape.at(-1)!);
  const dataFormat = dataFormatOf(layer);
  if (hasMember(layer, 'matrices')) {
    const rounded = isRounded && !reference ? roundedPooling(layer, name, shape) : null;
    if (rounded) return rounded;
    const output = reference && sidesOf(reference, dataFormat);
    const matrices = layer.matrices(sidesOf(shape, dataFormat), output);
    return constantPooling(name, shape, matrices, dataFormat);
  }
  if (hasMember(layer, 'axisMatrices')) {
    const sides = dataFormat === 'channelsFirst' ? shape.slice(1) : shape.slice(0, -1);
    return constantAxes(name, shape, layer.axisMatrices(sides), dataFormat);
  }
  const compose = COMPOSED[layer.getClassName()]!;
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

/** A pooling over windows at stride 1, and then a blur with subsampling. */
function windowsThenBlur(
  { layer, name, x, dataFormat }: Place,
  windows: 'maxPooling2d' | 'averagePooling2d',
): tfl.SymbolicTensor {
  const config = layer.getConfig();
  const poolSize = config.poolSize as number;
  const whole = config.padding === 'circular' ? wrapped(name, x, dataFormat, poolSize - 1) : x;
  const dense = tfl.layers[windows]({
    name: `${name}.windows`,
    poolSize,
    strides: 1,
    padding: 'valid',
    dataFormat,
  }).apply(whole) as tfl.SymbolicTensor;
  const blur = BlurPool.fromConfig<BlurPool>(BlurPool, { ...config, poolSize: 1 });
  return byMatrices(`${name}.blur`, dense, dataFormat, (sides) => blur.matrices(sides));
}

/** An image that continues with its first rows and columns, where windows wrap around. */
function wrapped(
  name: string,
  x: tfl.SymbolicTensor,
  dataFormat: DataFormat,
  count: number,
): tfl.SymbolicTensor {
  if (count === 0) return x;
  const margins: [number, number] = [0, count];
  const pad = new PadImage({ margins: [margins, margins], border: 'circular' });
  return byMatrices(`${name}.border`, x, dataFormat, (sides) => pad.matrices(sides));
}

/** The regions of one sample of fractional pooling along both axes. */
interface SampleRegions {
  rows: Regions;
  columns: Regions;
}

type OfSample = (place: Place, regions: SampleRegions) => tfl.SymbolicTensor;

/** The mean over the samples of fractional pooling at inference. */
function meanOfSamples(place: Place, ofSample: OfSample): tfl.SymbolicTensor {
  const { layer, name, x, dataFormat } = place;
  const samples = (layer as FractionalPool).regions(sidesOf(shapeOf(x), dataFormat));
  if (samples.length === 1) return ofSample(place, samples[0]!);
  const pooled = samples.map((regions, at) =>
    ofSample({ ...place, name: `${name}.sample${at + 1}` }, regions),
  );
  return tfl.layers.average({ name: `${name}.mean` }).apply(pooled) as tfl.SymbolicTensor;
}

interface FractionalPool extends tfl.layers.Layer {
  regions(input: [number, number]): SampleRegions[];
}

function meansOverRegions(
  { name, x, dataFormat }: Place,
  regions: SampleRegions,
): tfl.SymbolicTensor {
  const taps = (list: Regions): AxisTaps[] =>
    list.map(([start, end]) =>
      indices(start, end).map((index) => ({ index, weight: 1 / (end - start) })),
    );
  return byMatrices(`${name}.means`, x, dataFormat, ([height, width]) => ({
    rows: tapMatrix(taps(regions.rows), height),
    columns: tapMatrix(taps(regions.columns), width),
  }));
}

/**
 * The maxima over regions of different sizes, by windows of one size. Each axis is first copied so
 * that every region has as many pixels as the largest one. A smaller region repeats its last pixel,
 * which leaves its maximum as it is.
 */
function maximaOverRegions(
  { name, x, dataFormat }: Place,
  { rows, columns }: SampleRegions,
): tfl.SymbolicTensor {
  const largest = (list: Regions) => Math.max(...list.map(([start, end]) => end - start));
  const poolSize: [number, number] = [largest(rows), largest(columns)];
  const copies = (list: Regions, size: number): AxisTaps[] =>
    list.flatMap(([start, end]) =>
      indices(start, start + size).map((index) => [{ index: Math.min(index, end - 1), weight: 1 }]),
    );
  const copied = byMatrices(`${name}.regions`, x, dataFormat, ([height, width]) => ({
    rows: tapMatrix(copies(rows, poolSize[0]), height),
    columns: tapMatrix(copies(columns, poolSize[1]), width),
  }));
  return tfl.layers
    .maxPooling2d({ name: `${name}.maxima`, poolSize, strides: poolSize, dataFormat })
    .apply(copied) as tfl.SymbolicTensor;
}

/** Multiplies both axes of an image by the matrices for its size. */
function byMatrices(
  name: string,
  x: tfl.SymbolicTensor,
  dataFormat: DataFormat,
  matrices: (sides: [number, number]) => PoolingMatrices,
): tfl.SymbolicTensor {
  const shape = shapeOf(x);
  return constantPooling(name, shape, matrices(sidesOf(shape, dataFormat)), dataFormat).apply(x);
}

/** The shape of an image of known size, without the batch axis. */
function shapeOf(x: tfl.SymbolicTensor): number[] {
  return x.shape.slice(1) as number[];
}

function indices(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
