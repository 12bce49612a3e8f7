import type { AxisTaps, Regions } from '@ds/kernels';
import { tapMatrix } from '@ds/kernels';
import {
  BlurPool1D,
  BlurPool3D,
  type FractionalMaxPool1D,
  type FractionalMaxPool3D,
} from '@ds/layers';
import * as tfl from '@tensorflow/tfjs-layers';
import { constantAxes } from './constant-axes.js';

type DataFormat = 'channelsFirst' | 'channelsLast';

/** The input of a pooling of sound, video or volumes that becomes stock layers. */
interface AxesPlace {
  layer: tfl.layers.Layer;
  /** The name of its stock layers. */
  name: string;
  x: tfl.SymbolicTensor;
  dataFormat: DataFormat;
}

/** Poolings with one or three axes that are not one matrix for each axis, by class. */
export const COMPOSED_AXES: Record<string, (place: AxesPlace) => tfl.SymbolicTensor> = {
  'ds>MaxBlurPool1D': (place) => windowsThenBlur(place, 'max'),
  'ds>MaxBlurPool3D': (place) => windowsThenBlur(place, 'max'),
  'ds>AvgBlurPool1D': (place) => windowsThenBlur(place, 'mean'),
  'ds>AvgBlurPool3D': (place) => windowsThenBlur(place, 'mean'),
  'ds>FractionalMaxPool1D': (place) => meanOfSamples(place, maximaOverRegions),
  'ds>FractionalMaxPool3D': (place) => meanOfSamples(place, maximaOverRegions),
  'ds>FractionalAvgPool1D': (place) => meanOfSamples(place, meansOverRegions),
  'ds>FractionalAvgPool3D': (place) => meanOfSamples(place, meansOverRegions),
};

/** A pooling over windows at stride 1, and then a blur with subsampling. */
function windowsThenBlur(place: AxesPlace, reduce: 'max' | 'mean'): tfl.SymbolicTensor {
  const { layer, name } = place;
  const config = layer.getConfig();
  const poolSize = config.poolSize as number;
  const sides = sidesOf(place);
  const wraps = config.padding === 'circular' && poolSize > 1;
  const whole = wraps
    ? byTaps(
        { ...place, name: `${name}.border` },
        sides.map((size) => wrapped(size, poolSize - 1)),
      )
    : place.x;
  const windows = { ...place, name: `${name}.windows`, x: whole };
  const dense = { ...place, name: `${name}.blur`, x: pooled(windows, reduce, poolSize, 1) };
  const options = { ...config, poolSize: 1 };
  const blur =
    sides.length === 1
      ? BlurPool1D.fromConfig<BlurPool1D>(BlurPool1D, options)
      : BlurPool3D.fromConfig<BlurPool3D>(BlurPool3D, options);
  return byMatrices(dense, blur.axisMatrices(sidesOf(dense)));
}

/** The pixels of an axis, and then its first ones again. */
function wrapped(size: number, count: number): AxisTaps[] {
  return Array.from({ length: size + count }, (_, i) => [{ index: i % size, weight: 1 }]);
}

type OfSample = (place: AxesPlace, regions: Regions[]) => tfl.SymbolicTensor;

/** The mean over the samples of fractional pooling at inference. */
function meanOfSamples(place: AxesPlace, ofSample: OfSample): tfl.SymbolicTensor {
  const layer = place.layer as FractionalMaxPool1D | FractionalMaxPool3D;
  const samples = layer.regionsOfAxes(sidesOf(place));
  if (samples.length === 1) return ofSample(place, samples[0]!);
  const each = samples.map((regions, at) =>
    ofSample({ ...place, name: `${place.name}.sample${at + 1}` }, regions),
  );
  return tfl.layers.average({ name: `${place.name}.mean` }).apply(each) as tfl.SymbolicTensor;
}

function meansOverRegions(place: AxesPlace, regions: Regions[]): tfl.SymbolicTensor {
  const means = regions.map((list) =>
    list.map(([start, end]) =>
      pixels(start, end).map((index) => ({ index, weight: 1 / (end - start) })),
    ),
  );
  return byTaps({ ...place, name: `${place.name}.means` }, means);
}

/**
 * The maxima over regions of different sizes, by windows of one size. Each axis is first copied so
 * that every region has as many pixels as the largest one. A smaller region repeats its last pixel.
 */
function maximaOverRegions(place: AxesPlace, regions: Regions[]): tfl.SymbolicTensor {
  const sizes = regions.map((list) => Math.max(...list.map(([start, end]) => end - start)));
  const copies = regions.map((list, axis) =>
    list.flatMap(([start, end]) =>
      pixels(start, start + sizes[axis]!).map((index) => [
        { index: Math.min(index, end - 1), weight: 1 },
      ]),
    ),
  );
  const x = byTaps({ ...place, name: `${place.name}.regions` }, copies);
  return pooled({ ...place, name: `${place.name}.maxima`, x }, 'max', sizes, sizes);
}

/** The maximum or mean over windows without padding, by a layer of tfjs. */
function pooled(
  { name, x, dataFormat }: AxesPlace,
  reduce: 'max' | 'mean',
  poolSize: number | number[],
  strides: number | number[],
): tfl.SymbolicTensor {
  const args = { name, padding: 'valid' as const };
  if (x.shape.length === 3) {
    const one = { ...args, poolSize: poolSize as number, strides: strides as number };
    const layer =
      reduce === 'max' ? tfl.layers.maxPooling1d(one) : tfl.layers.averagePooling1d(one);
    return layer.apply(x) as tfl.SymbolicTensor;
  }
  type Three = [number, number, number];
  const three = {
    ...args,
    dataFormat,
    poolSize: poolSize as Three,
    strides: strides as Three,
  };
  const layer =
    reduce === 'max' ? tfl.layers.maxPooling3d(three) : tfl.layers.averagePooling3d(three);
  return layer.apply(x) as tfl.SymbolicTensor;
}

function byTaps(place: AxesPlace, axes: AxisTaps[][]): tfl.SymbolicTensor {
  const sides = sidesOf(place);
  return byMatrices(
    place,
    axes.map((taps, axis) => ({ real: tapMatrix(taps, sides[axis]!) })),
  );
}

function byMatrices(
  { name, x, dataFormat }: AxesPlace,
  axes: Parameters<typeof constantAxes>[2],
): tfl.SymbolicTensor {
  return constantAxes(name, x.shape.slice(1) as number[], axes, dataFormat).apply(x);
}

/** The sides of an image of known size. */
function sidesOf({ x, dataFormat }: AxesPlace): number[] {
  const shape = x.shape.slice(1) as number[];
  return dataFormat === 'channelsFirst' ? shape.slice(1) : shape.slice(0, -1);
}

function pixels(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
