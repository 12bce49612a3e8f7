import { describe, refuse } from '@ds/checks';
import {
  cast,
  div,
  reshape,
  sub,
  Tensor,
  type Tensor4D,
  tensor1d,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { ImageCard } from './card.js';

/** An image with four bytes per pixel, such as `ImageData` of a canvas. Opacity is ignored. */
export interface ImagePixels {
  data: Uint8Array | Uint8ClampedArray;
  width: number;
  height: number;
}

/**
 * Images of the network's size: red, green and blue bytes of one or more images, an `ImageData`, or
 * a tensor [height, width, 3] or [batch, height, width, 3] of 0 … 255.
 */
export type Pixels = Uint8Array | Uint8ClampedArray | ImagePixels | Tensor;

/**
 * Returns a function from pixels to the input of a network, `(pixel/255 − mean)/std` for each
 * channel: [batch, height, width, 3].
 */
export function pixelPreparation({ network, mean, std }: ImageCard): (pixels: Pixels) => Tensor4D {
  const [height, width] = network.inputShape;
  const fail = (value: unknown, got = describe(value)) =>
    refuse(
      'prepare',
      'pixels',
      `be images of ${height}×${width}×3: bytes, an ImageData, or a tensor of 0 … 255 ` +
        '(resize others with tf.image.resizeBilinear)',
      got,
    );
  return (pixels) =>
    tidy(() => {
      const bytes = imagesOf(pixels, height, width, fail);
      const scaled = div(sub(div(bytes, 255), tensor1d(mean)), tensor1d(std));
      return scaled as Tensor4D;
    });
}

/** The types of tensors that hold real numbers. */
const REAL = ['float32', 'int32', 'bool'];

type Fail = (value: unknown, got?: string) => never;

function imagesOf(pixels: Pixels, height: number, width: number, fail: Fail): Tensor4D {
  const size = height * width * 3;
  if (pixels instanceof Tensor) {
    if (pixels.isDisposed) fail(pixels, 'a disposed tensor');
    const { rank, shape } = pixels;
    const isImage = rank === 3 || rank === 4;
    if (!isImage || `${shape.slice(-3)}` !== `${[height, width, 3]}` || pixels.size === 0) {
      fail(pixels, `a tensor of shape [${shape}]`);
    }
    if (!REAL.includes(pixels.dtype)) fail(pixels, `a tensor of ${pixels.dtype}`);
    return reshape(cast(pixels, 'float32'), [-1, height, width, 3]);
  }
  if (isBytes(pixels)) {
    if (pixels.length === 0 || pixels.length % size !== 0) fail(pixels);
    return tensor4d(Float32Array.from(pixels), [pixels.length / size, height, width, 3]);
  }
  if (typeof pixels !== 'object' || pixels === null || !isBytes(pixels.data)) fail(pixels);
  const { data } = pixels;
  if (pixels.width !== width || pixels.height !== height || data.length !== height * width * 4) {
    fail(pixels, `an image of ${pixels.height}×${pixels.width} with ${data.length} bytes`);
  }
  const colours = Float32Array.from({ length: size }, (_, at) => {
    const pixel = Math.floor(at / 3);
    return data[4 * pixel + (at % 3)]!;
  });
  return tensor4d(colours, [1, height, width, 3]);
}

function isBytes(value: unknown): value is Uint8Array | Uint8ClampedArray {
  return value instanceof Uint8Array || value instanceof Uint8ClampedArray;
}
