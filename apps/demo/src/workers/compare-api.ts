import { blurPool, fractionalAvgPool, fractionalMaxPool } from '@ds/layers/ops';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { transfer } from 'comlink';
import { type Picture, pictureOf, valuesOf } from './image-bytes.js';
import { startBackend } from './tfjs.js';

/** The result of another pooling, with as many outputs where it can. */
export interface Alternative {
  name: string;
  picture: Picture;
  error: number;
  /** The boundaries of its regions, if regions differ in size. */
  rows?: number[];
  columns?: number[];
}

/** The values of a picture, [1, height, width, 3], as an array and as a tensor. */
interface Image {
  values: Float32Array;
  x: Tensor4D;
}

let image: Image | null = null;

export const compareApi = {
  /** Takes a picture. The other poolings always run on wasm. */
  async setPicture(picture: Picture): Promise<void> {
    await startBackend('wasm');
    image?.x.dispose();
    const values = valuesOf(picture);
    image = { values, x: tensor4d(values, [1, picture.height, picture.width, 3]) };
  },

  /** One of the poolings compared with DiffStride, at the size of DiffStride's output. */
  async alternative(name: string, [h, w]: [number, number], seed: number): Promise<Alternative> {
    if (!image) throw new Error('alternative: there is no picture yet');
    const { x } = image;
    const [, height, width] = x.shape;
    const even = { rows: evenly(height, h), columns: evenly(width, w) };
    switch (name) {
      case 'max':
        return filled(name, image, fractionalMaxPool(x, even));
      case 'average':
        return filled(name, image, fractionalAvgPool(x, even));
      case 'fractional max':
        return filled(name, image, fractionalMaxPool(x, { outputSize: [h, w], seed }), true);
      case 'blur': {
        const strides: [number, number] = [Math.round(height / h), Math.round(width / w)];
        const output = blurPool(x, strides, { filterSize: 5 });
        const [, rows, columns] = output.shape;
        const regions = { rows: evenly(height, rows), columns: evenly(width, columns) };
        return filled(name, image, { output, ...regions });
      }
      case 'strided':
        return filled(name, image, { output: firstOfEach(image, even), ...even });
      default:
        throw new Error(`alternative: unknown pooling ${name}`);
    }
  },
};

/** Boundaries of the regions: the start of each region, and the end of the last one. */
interface Regions {
  rows: number[];
  columns: number[];
}

/** Boundaries 0 = a_0 < … < a_n = size, as even as integers allow. */
function evenly(size: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * size) / parts));
}

/** The upper left pixel of each region. */
function firstOfEach({ values, x }: Image, { rows, columns }: Regions): Tensor4D {
  const [h, w] = [rows.length - 1, columns.length - 1];
  const first = new Float32Array(3 * h * w);
  for (let r = 0, to = 0; r < h; r++) {
    for (let c = 0; c < w; c++, to += 3) {
      const from = 3 * (rows[r]! * x.shape[2] + columns[c]!);
      for (let channel = 0; channel < 3; channel++) first[to + channel] = values[from + channel]!;
    }
  }
  return tensor4d(first, [1, h, w, 3]);
}

/** A pooled picture, and its error when each region is filled with its value. */
async function filled(
  name: string,
  { values: whole, x }: Image,
  { output, rows, columns }: Regions & { output: Tensor4D },
  showsRegions = false,
): Promise<Alternative> {
  const values = await output.data<'float32'>();
  const picture = pictureOf(values, output.shape[2], output.shape[1]);
  output.dispose();
  let lost = 0;
  let all = 0;
  const [, height, width] = x.shape;
  const w = columns.length - 1;
  for (let r = 0, row = 0; row < height; row++) {
    if (row >= rows[r + 1]!) r++;
    for (let c = 0, column = 0; column < width; column++) {
      if (column >= columns[c + 1]!) c++;
      for (let channel = 0; channel < 3; channel++) {
        const value = whole[3 * (row * width + column) + channel]!;
        lost += (value - values[3 * (r * w + c) + channel]!) ** 2;
        all += value * value;
      }
    }
  }
  // A black picture loses nothing.
  const error = lost === 0 ? 0 : Math.sqrt(lost / all);
  return transfer({ name, picture, error, ...(showsRegions && { rows, columns }) }, [
    picture.data.buffer,
  ]);
}
