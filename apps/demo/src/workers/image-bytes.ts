import { type Tensor, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';

/** A picture as bytes: red, green, blue, opacity of each pixel. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** [1, height, width, 3] with values 0 … 1. */
export function tensorOf({ width, height, data }: Picture): Tensor4D {
  const values = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) values[3 * pixel + c] = data[4 * pixel + c]! / 255;
  }
  return tensor4d(values, [1, height, width, 3]);
}

/** The picture of [1, height, width, 3]; values beyond 0 … 1 are cut. */
export async function pictureOf(x: Tensor): Promise<Picture> {
  const [, height, width] = x.shape as [number, number, number];
  const values = await x.data();
  const data = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) data[4 * pixel + c] = 255 * values[3 * pixel + c]!;
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}
