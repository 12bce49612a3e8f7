import { type AxisTaps, type Regions, tapMatrix } from '@ds/kernels';
import {
  BlurPool,
  BlurPool1D,
  BlurPool3D,
  type DataFormat,
  type FractionalMaxPool,
} from '@ds/layers';
import type { serialization, Tensor2D } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { constantAxes } from './constant-axes.js';
import { constantPooling } from './constant-pooling.js';

/** The input of a pooling, or of an alias-free activation, that becomes stock layers. */
export interface Place {
  layer: tfl.layers.Layer;
  /** The name of its stock layers. */
  name: string;
  x: tfl.SymbolicTensor;
  dataFormat: DataFormat;
}

type Compose = (place: Place) => tfl.SymbolicTensor;

/** Poolings over windows or regions. They are not one matrix for each axis. */
const COMPOSED: Record<string, Compose> = {
  MaxBlurPool: (place) => windowsThenBlur(place, 'max'),
  AvgBlurPool: (place) => windowsThenBlur(place, 'mean'),
  FractionalMaxPool: (place) => meanOfSamples(place, maximaOverRegions),
  FractionalAvgPool: (place) => meanOfSamples(place, meansOverRegions),
};

/** How to compose a pooling over windows or regions, of one to three axes, from its class name. */
export function composedWindows(className: string): Compose | undefined {
  const name = /^ds>(\w+?)([13]D)?$/.exec(className)?.[1] ?? '';
  return Object.hasOwn(COMPOSED, name) ? COMPOSED[name] : undefined;
}

/** A pooling over windows at stride 1, and then a blur with subsampling. */
function windowsThenBlur(place: Place, reduce: 'max' | 'mean'): tfl.SymbolicTensor {
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
  return byMatrices(dense, blurMatrices({ ...config, poolSize: 1 }, sidesOf(dense)));
}

/** The matrix of a blur for each axis. */
function blurMatrices(config: serialization.ConfigDict, sides: number[]): Tensor2D[] {
  if (sides.length === 2) {
    const blur = BlurPool.fromConfig<BlurPool>(BlurPool, config);
    const { rows, columns } = blur.matrices(sides as [number, number]);
    return [rows, columns];
  }
  const blur =
    sides.length === 1
      ? BlurPool1D.fromConfig<BlurPool1D>(BlurPool1D, config)
      : BlurPool3D.fromConfig<BlurPool3D>(BlurPool3D, config);
  return blur.axisMatrices(sides).map(({ real }) => real);
}

/** The pixels of an axis, and then its first ones again. */
function wrapped(size: number, count: number): AxisTaps[] {
  return Array.from({ length: size + count }, (_, i) => [{ index: i % size, weight: 1 }]);
}

type OfSample = (place: Place, regions: Regions[]) => tfl.SymbolicTensor;

/** The mean over the samples of fractional pooling at inference. */
function meanOfSamples(place: Place, ofSample: OfSample): tfl.SymbolicTensor {
  const layer = place.layer as FractionalMaxPool;
  const samples = layer.regionsOfAxes(sidesOf(place));
  if (samples.length === 1) return ofSample(place, samples[0]!);
  const each = samples.map((regions, at) =>
    ofSample({ ...place, name: `${place.name}.sample${at + 1}` }, regions),
  );
  return tfl.layers.average({ name: `${place.name}.mean` }).apply(each) as tfl.SymbolicTensor;
}

function meansOverRegions(place: Place, regions: Regions[]): tfl.SymbolicTensor {
  const means = regions.map((list) =>
    list.map(([start, end]) =>
      pixels(start, end).map((index) => ({ index, weight: 1 / (end - start) })),
    ),
  );
  return byTaps({ ...place, name: `${place.name}.means` }, means);
}

/**
 * The maxima over regions of different sizes, by windows of one size. Each axis is first copied so
 * that every region has as many pixels as the largest one. A smaller region repeats its last pixel,
 * which leaves its maximum as it is.
 */
function maximaOverRegions(place: Place, regions: Regions[]): tfl.SymbolicTensor {
  const sizes = regions.map((list) =>
    list.reduce((most, [start, end]) => Math.max(most, end - start), 0),
  );
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

/** The layers of tfjs for windows, by the number of spatial axes. */
const WINDOWS = {
  max: [tfl.layers.maxPooling1d, tfl.layers.maxPooling2d, tfl.layers.maxPooling3d],
  mean: [tfl.layers.averagePooling1d, tfl.layers.averagePooling2d, tfl.layers.averagePooling3d],
};

/** The maximum or mean over windows without padding, by a layer of tfjs. */
function pooled(
  place: Place,
  reduce: 'max' | 'mean',
  poolSize: number | number[],
  strides: number | number[],
): tfl.SymbolicTensor {
  const rank = sidesOf(place).length;
  const { name, x, dataFormat } = place;
  const make = WINDOWS[reduce][rank - 1] as (args: object) => tfl.layers.Layer;
  const format = rank === 1 ? {} : { dataFormat };
  const layer = make({ name, padding: 'valid', poolSize, strides, ...format });
  return layer.apply(x) as tfl.SymbolicTensor;
}

function byTaps(place: Place, axes: AxisTaps[][]): tfl.SymbolicTensor {
  const sides = sidesOf(place);
  return byMatrices(
    place,
    axes.map((taps, axis) => tapMatrix(taps, sides[axis]!)),
  );
}

/** Multiplies each axis by its matrix. */
function byMatrices({ name, x, dataFormat }: Place, axes: Tensor2D[]): tfl.SymbolicTensor {
  const shape = x.shape.slice(1) as number[];
  const [rows, columns] = axes;
  const pooling =
    axes.length === 2
      ? constantPooling(name, shape, { rows: rows!, columns: columns! }, dataFormat)
      : constantAxes(
          name,
          shape,
          axes.map((real) => ({ real })),
          dataFormat,
        );
  return pooling.apply(x);
}

/** The sides of an image of known size. */
function sidesOf({ x, dataFormat }: Place): number[] {
  const shape = x.shape.slice(1) as number[];
  return dataFormat === 'channelsFirst' ? shape.slice(1) : shape.slice(0, -1);
}

function pixels(start: number, end: number): number[] {
  return Array.from({ length: end - start }, (_, at) => start + at);
}
