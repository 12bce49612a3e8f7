import { applyInOneModel, hasMember, type LayerWith } from '@ds/graph';
import { dispose, tensor4d } from '@tensorflow/tfjs-core';
import * as tfl from '@tensorflow/tfjs-layers';
import { type AntiAliasTaps, antiAliasTaps } from './anti-alias-taps.js';
import { type ConstantPooling, IDENTITY } from './constant-pooling.js';
import { nearestStride } from './nearest-stride.js';
import type { Rounding } from './rounding.js';

/** The convolution in place of a pooling, and its report. */
interface Rounded {
  taps: AntiAliasTaps;
  rounding: Rounding;
}

/**
 * The taps of a spectral pooling at the integer strides that leave maps nearest to `wanted`, the
 * size of the learned map. `input` is the size of the image. The result is `null` for
 *
 * - a pooling with integer strides. Its matrices can depend on the border.
 * - a pooling in the cosine domain. Its matrices have other taps at each output.
 * - a layer that enlarges its input.
 */
function rounded(
  layer: LayerWith<'matrices'>,
  input: [number, number],
  wanted: [number, number],
): Rounded | null {
  const config = layer.getConfig();
  if (config.norm === undefined || layer.getClassName().startsWith('ds>Dct')) return null;
  const matrices = layer.matrices(input);
  const { rows, columns, skew } = matrices;
  try {
    if (rows.shape[0] > input[0] || columns.shape[0] > input[1]) return null;
    // A layer with `outputSize` has no strides.
    const given = (hasMember(layer, 'strides') ? layer.strides : null) ?? config.strides;
    const learned = (given ?? [input[0] / wanted[0], input[1] / wanted[1]]) as [number, number];
    const strides = pair((axis) => nearestStride(input[axis], wanted[axis]));
    const taps = antiAliasTaps(matrices, input, learned, strides);
    const rounding = {
      learned,
      rounded: strides,
      learnedSize: wanted,
      roundedSize: pair((axis) => Math.ceil(input[axis] / strides[axis])),
      taps: taps.size,
      energy: taps.energy,
    };
    return { taps, rounding };
  } finally {
    dispose([rows, columns, ...Object.values(skew ?? {})]);
  }
}

/** One value for the height and one for the width. */
function pair(of: (axis: 0 | 1) => number): [number, number] {
  return [of(0), of(1)];
}

/**
 * A spectral pooling at integer strides: one strided depthwise convolution with its anti-alias
 * taps. `null` for other poolings. `shape` is the image's, without the batch axis, and `wanted` the
 * size of the learned map.
 */
export function roundedPooling(
  layer: LayerWith<'matrices'>,
  name: string,
  shape: number[],
  wanted: [number, number],
): ConstantPooling | null {
  const dataFormat = layer.getConfig().dataFormat as 'channelsFirst' | 'channelsLast';
  const [height, width] = dataFormat === 'channelsFirst' ? shape.slice(1) : shape;
  const made = rounded(layer, [height!, width!], wanted);
  if (!made) return null;
  const { taps, rounding } = made;
  if (isIdentity(taps)) return { ...IDENTITY, rounding };
  const { values, size, strides } = taps;
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
    rounding,
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
