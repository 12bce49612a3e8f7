import { applyInOneModel, hasMember, type LayerWith } from '@ds/graph';
import { dispose, tensor4d } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type AntiAliasTaps, antiAliasTaps } from './anti-alias-taps.js';
import { type ConstantPooling, IDENTITY } from './constant-pooling.js';

/**
 * The taps of a spectral pooling at the nearest integer strides. `null` for other poolings: their
 * strides are integers, and their matrices may depend on the border. `null` also for a pooling of
 * cosine transforms, whose matrices have other taps at each output, and for a layer that enlarges
 * its input. `shape` is the image's, without the batch axis.
 */
export function tapsOf(
  layer: LayerWith<'matrices'>,
  shape: number[],
): (AntiAliasTaps & { learned: [number, number] }) | null {
  const config = layer.getConfig();
  if (config.norm === undefined || layer.getClassName().startsWith('ds>Dct')) return null;
  const [height, width] = config.dataFormat === 'channelsFirst' ? shape.slice(1) : shape;
  const input: [number, number] = [height!, width!];
  const matrices = layer.matrices(input);
  const { rows, columns, skew } = matrices;
  // A layer with `outputSize` has no strides.
  const given = (hasMember(layer, 'strides') ? layer.strides : null) ?? config.strides;
  const learned = (given ?? [input[0] / rows.shape[0], input[1] / columns.shape[0]]) as [
    number,
    number,
  ];
  const isLarger = rows.shape[0] > input[0] || columns.shape[0] > input[1];
  const taps = isLarger ? null : antiAliasTaps(matrices, input, learned, config.cropping !== false);
  dispose([rows, columns, ...Object.values(skew ?? {})]);
  return taps && { ...taps, learned };
}

/**
 * A spectral pooling at the nearest integer strides: one strided depthwise convolution with its
 * anti-alias taps. `null` for other poolings. `shape` is the image's, without the batch axis.
 */
export function roundedPooling(
  layer: LayerWith<'matrices'>,
  name: string,
  shape: number[],
): ConstantPooling | null {
  const taps = tapsOf(layer, shape);
  if (!taps) return null;
  if (isIdentity(taps)) return IDENTITY;
  const { values, size, strides } = taps;
  const dataFormat = layer.getConfig().dataFormat as 'channelsFirst' | 'channelsLast';
  const channels = shape[dataFormat === 'channelsFirst' ? 0 : 2]!;
  const perChannel = Float32Array.from(
    { length: values.length * channels },
    (_, at) => values[Math.floor(at / channels)]!,
  );
  const kernel = tensor4d(perChannel, [...size, channels, 1]);
  const convolution = tfl.layers.depthwiseConv2d({
    name,
    kernelSize: size,
    strides,
    padding: 'same',
    useBias: false,
    trainable: false,
    dataFormat,
    weights: [kernel],
  });
  return {
    stock: [convolution.getClassName()],
    apply: (x) => {
      const y = applyInOneModel(convolution, () => convolution.apply(x) as tfl.SymbolicTensor);
      // The first application builds the layer, which copies the kernel.
      kernel.dispose();
      return y;
    },
  };
}

/** Float32 rounding of a tap. */
const ROUNDING = 1e-6;

/** Whether the taps are 1 at the centre and 0 elsewhere, at stride 1. */
function isIdentity({ values, size, strides }: AntiAliasTaps): boolean {
  if (strides.some((stride) => stride !== 1)) return false;
  // At stride 1 the centre is in the middle.
  const centre = Math.floor(size[0] / 2) * size[1] + Math.floor(size[1] / 2);
  return values.every((tap, at) => Math.abs(tap - (at === centre ? 1 : 0)) < ROUNDING);
}
