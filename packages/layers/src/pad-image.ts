import { type Checks, ConfigError, oneOf, refuse, requireOptions } from '@ds/checks';
import { type AxisTaps, type PoolingMatrices, poolByTaps, tapMatrix } from '@ds/kernels';
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { BORDERS, type Border, pixelAt } from './border.js';
import { checkDataFormat, type DataFormat, inChannelsLast, requireImage } from './data-format.js';

/** Pixels to add: one number for all sides, or [[top, bottom], [left, right]]. */
export type Margins = number | [[number, number], [number, number]];

/** Options of {@link padImage}. */
export interface PadImageOptions {
  /** The values beyond the border. Default `'circular'`. */
  border?: Border;
  /** Default `'channelsLast'`. */
  dataFormat?: DataFormat;
}

/**
 * Adds pixels around an image: `y[i, j] = x[f(i − top), f(j − left)]`, where f maps positions
 * beyond the border into the image. `'circular'`: `f(p) = p mod size`.
 *
 * A network whose convolutions and poolings all pad circularly commutes with circular shifts by
 * multiples of its total stride. Polyphase poolings (`apsPool`, `lpsPool`) extend this to every
 * shift (Chaman & Dokmanić, CVPR 2021). Zeros at the border break it.
 *
 * Shapes: x `[batch, H, W, C]` → `[batch, top + H + bottom, left + W + right, C]`. Differentiable
 * in x.
 *
 * @throws ConfigError if x is not a float32 image of rank 4, margins are not integers ≥ 0, the
 *   border is unknown, or a reflection has more pixels than size − 1.
 */
export function padImage(x: Tensor4D, margins: Margins, options: PadImageOptions = {}): Tensor4D {
  requireImage('padImage', x);
  const sides = marginsOf('padImage', margins);
  requireOptions('padImage', 'options', options, PAD_CHECKS);
  const { border = 'circular', dataFormat = 'channelsLast' } = options;
  return inChannelsLast(x, dataFormat, (image) =>
    poolByTaps(
      image,
      paddingTaps('padImage', image.shape[1], sides[0], border),
      paddingTaps('padImage', image.shape[2], sides[1], border),
    ),
  );
}

/** Returns {@link padImage} as constant matrices for images of one size. */
export function padImageMatrices(
  op: string,
  input: [number, number],
  margins: [[number, number], [number, number]],
  border: Border,
): PoolingMatrices {
  const matrix = (axis: 0 | 1) =>
    tapMatrix(paddingTaps(op, input[axis], margins[axis], border), input[axis]);
  return { rows: matrix(0), columns: matrix(1) };
}

/** The size of an axis with its margins. */
export function paddedSize(
  op: string,
  size: number,
  [before, after]: [number, number],
  border: Border,
): number {
  if (border === 'reflect' && Math.max(before, after) >= size) {
    throw new ConfigError(
      `${op}: margins must be < the size with border 'reflect', ` +
        `got ${Math.max(before, after)} for size ${size}`,
    );
  }
  return before + size + after;
}

/** The pixel of each position of an axis with its margins. */
export function paddingTaps(
  op: string,
  size: number,
  margins: [number, number],
  border: Border,
): AxisTaps[] {
  return Array.from({ length: paddedSize(op, size, margins, border) }, (_, i) => {
    const index = pixelAt(i - margins[0], size, border);
    return index === null ? [] : [{ index, weight: 1 }];
  });
}

/** The largest margin. The padded image must fit in memory. */
const WIDEST = 2 ** 14;

/** Checks margins, and returns [[top, bottom], [left, right]]. */
export function marginsOf(op: string, margins: unknown): [[number, number], [number, number]] {
  const sides =
    typeof margins === 'number'
      ? [
          [margins, margins],
          [margins, margins],
        ]
      : margins;
  const isPair = (pair: unknown) =>
    Array.isArray(pair) &&
    pair.length === 2 &&
    pair.every((side) => Number.isInteger(side) && side >= 0 && side <= WIDEST);
  if (!Array.isArray(sides) || sides.length !== 2 || !sides.every(isPair)) {
    const rule = `be an integer in [0, ${WIDEST}] or [[top, bottom], [left, right]] of such`;
    refuse(op, 'margins', rule, margins);
  }
  return structuredClone(sides) as [[number, number], [number, number]];
}

/** The checks of {@link PadImageOptions}. */
export const PAD_CHECKS: Checks<PadImageOptions> = {
  border: oneOf(...BORDERS),
  dataFormat: checkDataFormat,
};
