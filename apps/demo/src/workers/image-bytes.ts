/** A picture as bytes: red, green, blue and opacity of each pixel. */
export interface Picture {
  width: number;
  height: number;
  data: Uint8ClampedArray<ArrayBuffer>;
}

/** Red, green and blue of each pixel in 0 … 1. Shape: `[height, width, 3]`. */
export function valuesOf({ width, height, data }: Picture): Float32Array {
  const values = new Float32Array(width * height * 3);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) values[3 * pixel + c] = data[4 * pixel + c]! / 255;
  }
  return values;
}

/** The picture of such values. Values beyond 0 … 1 are clipped. */
export function pictureOf(values: Float32Array, width: number, height: number): Picture {
  const data = new Uint8ClampedArray(width * height * 4);
  for (let pixel = 0; pixel < width * height; pixel++) {
    for (let c = 0; c < 3; c++) data[4 * pixel + c] = 255 * values[3 * pixel + c]!;
    data[4 * pixel + 3] = 255;
  }
  return { width, height, data };
}
