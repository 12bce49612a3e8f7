import { applyInOneModel } from '@ds/graph';
import * as tfl from '@tensorflow/tfjs-layers';
import { twinOf } from './layer-twin.js';
import { type AxisPadding, isSame } from './strided-grid.js';
import type { Downsampler } from './swap-downsamplers.js';

/** Padding along height and width. */
export type Paddings = [AxisPadding, AxisPadding];

/** Returns a free layer name that begins with the given one. */
export type Naming = (name: string) => string;

/** A strided op at stride 1. */
export interface DenseOp {
  /** The layer with the weights, or `null` for a pooling. */
  twin: tfl.layers.Layer | null;
  apply(x: tfl.SymbolicTensor, paddings: Paddings): tfl.SymbolicTensor;
}

/**
 * The stride-1 op of a strided convolution, with the name of its layer.
 *
 * @param everywhere the paddings of all its applications. A convolution that has other paddings
 *   than `'same'` or `'valid'` anywhere pads its input by a layer of its own.
 * @param keepsActivation whether the convolution applies its activation itself.
 */
export function denseConvolution(
  { layer, window, padding, dataFormat }: Downsampler,
  everywhere: Paddings[],
  keepsActivation: boolean,
  naming: Naming,
): DenseOp {
  const isPlain =
    padding === 'same' &&
    everywhere.every((pads) => pads.every((pad, axis) => isSame(pad, window[axis]!)));
  const twin = twinOf('swapDownsampling', layer, {
    strides: [1, 1],
    padding: isPlain ? 'same' : 'valid',
    ...(keepsActivation ? {} : { activation: 'linear' }),
  });
  return {
    twin,
    apply: (x, paddings) => {
      const padded = isPlain ? x : padZeros(x, paddings, dataFormat, layer.name, naming);
      return applyInOneModel(twin, () => twin.apply(padded) as tfl.SymbolicTensor);
    },
  };
}

/** The stride-1 op of a max or average pooling. Its first layer has the name of the pooling. */
export function densePooling(downsampler: Downsampler, naming: Naming): DenseOp {
  const { layer } = downsampler;
  let isNamed = false;
  const name = () => {
    if (isNamed) return naming(layer.name);
    isNamed = true;
    return layer.name;
  };
  const dense = downsampler.kind === 'max' ? denseMax : denseMean;
  return {
    twin: null,
    apply: (x, paddings) => {
      // Windows along an axis without padding need no crop, which tfjs cannot do at unknown sizes.
      const along = (isPadded: boolean) =>
        downsampler.window.map((side, axis) =>
          isNone(paddings[axis]!) === isPadded ? 1 : side,
        ) as [number, number];
      const [plain, padded] = [along(false), along(true)];
      const pools = (window: number[]) => window.some((side) => side > 1);
      const y = pools(plain) || !pools(padded) ? pooledBy(layer, name(), plain, 'valid', x) : x;
      if (!pools(padded)) return resized(y, paddings, downsampler.dataFormat, layer.name, naming);
      return dense({ ...downsampler, window: padded }, y, paddings, name, naming);
    },
  };
}

/**
 * The maximum over windows that are clipped at the border. Pads with −∞, which no layer of tfjs
 * does. So it composes maxima with padding `'same'`: two windows of sizes a and b have the maximum
 * over a + b − 1 pixels. A window of two pixels pads only after the image.
 */
function denseMax(
  { layer, window, dataFormat }: Downsampler,
  x: tfl.SymbolicTensor,
  paddings: Paddings,
  name: () => string,
  naming: Naming,
): tfl.SymbolicTensor {
  const first = window.map((side, axis) => Math.min(side, 2 * paddings[axis]!.before + 2));
  const left = window.map((side, axis) => side - first[axis]!);
  let y = pooledBy(layer, name(), first, 'same', x);
  for (let step = 0; step < Math.max(...left); step++) {
    const sides = left.map((count) => (step < count ? 2 : 1));
    y = pooledBy(layer, name(), sides, 'same', y);
  }
  const ends = paddings.map(({ before, after }, axis) => ({
    before: 0,
    after: before + after - (window[axis]! - 1),
  })) as Paddings;
  return resized(y, ends, dataFormat, layer.name, naming);
}

/** The mean over windows. At the border, tfjs divides by the number of pixels in the image. */
function denseMean(
  { layer, window, dataFormat }: Downsampler,
  x: tfl.SymbolicTensor,
  paddings: Paddings,
  name: () => string,
  naming: Naming,
): tfl.SymbolicTensor {
  const means = pooledBy(layer, name(), window, 'same', x);
  const ends = paddings.map(({ before, after }, axis) => ({
    before: before - Math.floor((window[axis]! - 1) / 2),
    after: after - Math.ceil((window[axis]! - 1) / 2),
  })) as Paddings;
  return resized(means, ends, dataFormat, layer.name, naming);
}

function isNone({ before, after }: AxisPadding): boolean {
  return before === 0 && after === 0;
}

/** A pooling at stride 1, of the class of a layer. */
function pooledBy(
  layer: tfl.layers.Layer,
  name: string,
  poolSize: number[],
  padding: 'same' | 'valid',
  x: tfl.SymbolicTensor,
): tfl.SymbolicTensor {
  const twin = twinOf('swapDownsampling', layer, { name, poolSize, padding, strides: [1, 1] });
  return twin.apply(x) as tfl.SymbolicTensor;
}

/** Removes pixels where the padding is negative, and adds zeros where it is positive. */
function resized(
  x: tfl.SymbolicTensor,
  paddings: Paddings,
  dataFormat: Downsampler['dataFormat'],
  layerName: string,
  naming: Naming,
): tfl.SymbolicTensor {
  const part = (sign: 1 | -1) =>
    paddings.map(({ before, after }) => ({
      before: Math.max(sign * before, 0),
      after: Math.max(sign * after, 0),
    })) as Paddings;
  const removed = part(-1);
  const cropped = removed.every(isNone)
    ? x
    : (tfl.layers
        .cropping2D({
          name: naming(`${layerName}.crop`),
          cropping: listOf(removed),
          dataFormat,
        })
        .apply(x) as tfl.SymbolicTensor);
  return padZeros(cropped, part(1), dataFormat, layerName, naming);
}

function padZeros(
  x: tfl.SymbolicTensor,
  paddings: Paddings,
  dataFormat: Downsampler['dataFormat'],
  layerName: string,
  naming: Naming,
): tfl.SymbolicTensor {
  if (paddings.every(isNone)) return x;
  const name = naming(`${layerName}.pad`);
  return tfl.layers
    .zeroPadding2d({ name, padding: listOf(paddings), dataFormat })
    .apply(x) as tfl.SymbolicTensor;
}

function listOf(paddings: Paddings): [[number, number], [number, number]] {
  const [rows, columns] = paddings;
  return [
    [rows.before, rows.after],
    [columns.before, columns.after],
  ];
}
