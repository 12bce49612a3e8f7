import { blurPool, fractionalAvgPool, fractionalMaxPool } from '@ds/layers/ops';
import { adaptiveSpanMask, adaptiveSpanWeights, horizontalMask, verticalMask } from '@ds/masks';
import {
  gather,
  scalar,
  type Tensor,
  type Tensor4D,
  tensor1d,
  tensor3d,
  tidy,
} from '@tensorflow/tfjs-core';
import { transfer } from 'comlink';
import { type Picture, pictureOf, tensorOf } from './image-bytes.js';
import type { PageBackend } from './page-backends.js';
import type { PooledShare, Share } from './picture-shares.js';
import {
  lostShare,
  type PictureSpectrum,
  pictureSpectrum,
  spectrumPicture,
} from './picture-spectrum.js';
import { poolSpectrum } from './pool-spectrum.js';
import { startBackend } from './tfjs.js';

/** Where the sliders stand. */
export interface PoolSettings {
  strideH: number;
  strideW: number;
  smoothness: number;
}

/** What DiffStride makes of the picture, or of a share of it. */
export interface PooledPart {
  picture: PooledShare;
  /** Masks over the frequencies, in the order of the FFT along the height, 0 … W/2 along the width. */
  vertical: Float32Array;
  horizontal: Float32Array;
  /** ‖x − x̂‖/‖x‖ of the picture that the masks leave, by Parseval's theorem. */
  error: number;
}

/** The same number of values kept in another way. */
export interface Alternative {
  name: string;
  picture: Picture;
  error: number;
  /** Boundaries of its regions, where it has any that differ. */
  rows?: number[];
  cols?: number[];
}

let x: Tensor4D | null = null;
let spectrum: PictureSpectrum | null = null;

export const poolApi = {
  async start(backend: PageBackend) {
    x?.dispose();
    x = null;
    return startBackend(backend);
  },

  /** Takes a picture; returns its log-spectrum in grey, low frequencies in the middle. */
  setPicture(picture: Picture): Picture {
    x?.dispose();
    x = tensorOf(picture);
    spectrum = pictureSpectrum(picture);
    const shown = spectrumPicture(spectrum);
    return transfer(shown, [shown.data.buffer]);
  },

  /** The picture pooled, or a share of it. */
  async pool({ strideH, strideW, smoothness }: PoolSettings, share?: Share): Promise<PooledPart> {
    if (!spectrum) throw new Error('pool: there is no picture yet');
    const { height, width } = spectrum;
    const [vertical, horizontal] = await masksOf([height, width], [strideH, strideW], smoothness);
    const picture = await poolSpectrum(spectrum, vertical, horizontal, share);
    const error = lostShare(spectrum, vertical, horizontal);
    const result = { picture, vertical, horizontal, error };
    return transfer(result, [picture.data.buffer]);
  },

  /** One of the other poolings, at the size that DiffStride's output has. */
  async alternative(name: string, [h, w]: [number, number], seed: number): Promise<Alternative> {
    const image = picture();
    const [height, width] = sizeOf(image);
    const even = { rows: evenly(height, h), cols: evenly(width, w) };
    switch (name) {
      case 'max':
        return filled(name, fractionalMaxPool(image, even));
      case 'average':
        return filled(name, fractionalAvgPool(image, even));
      case 'fractional max':
        return filled(name, fractionalMaxPool(image, { outputSize: [h, w], seed }), true);
      case 'blur': {
        const strides: [number, number] = [Math.round(height / h), Math.round(width / w)];
        const output = blurPool(image, { strides, filterSize: 5 });
        const [, rows, cols] = output.shape;
        return filled(name, { output, rows: evenly(height, rows), cols: evenly(width, cols) });
      }
      case 'strided': {
        const output = tidy(() => {
          const first = (ends: number[]) => tensor1d(ends.slice(0, -1), 'int32');
          return gather(gather(image, first(even.rows), 1), first(even.cols), 2) as Tensor4D;
        });
        return filled(name, { output, ...even });
      }
      default:
        throw new Error(`alternative: unknown pooling ${name}`);
    }
  },

  /** m_z over distances, and the attention weights of causal scores that favour what is near or periodic. */
  async span(z: number, smoothness: number, maxSpan: number, length: number) {
    const [mask, weights] = tidy(() => {
      const scores = tensor3d(scoresOf(length), [1, length, length]);
      return [
        adaptiveSpanMask(scalar(z), maxSpan, smoothness),
        adaptiveSpanWeights(scores, tensor1d([z]), { maxSpan, smoothness }),
      ];
    }) as [Tensor, Tensor];
    const [maskValues, weightValues] = (await Promise.all([mask.data(), weights.data()])) as [
      Float32Array,
      Float32Array,
    ];
    mask.dispose();
    weights.dispose();
    return { mask: maskValues, weights: weightValues };
  },
};

function picture(): Tensor4D {
  if (!x) throw new Error('pool: there is no picture yet');
  return x;
}

function sizeOf(image: Tensor4D): [number, number] {
  return [image.shape[1], image.shape[2]];
}

/** DiffStride's masks at its strides as it uses them, raised where the ramp would not fit into the picture. */
async function masksOf(
  size: [number, number],
  strides: [number, number],
  smoothness: number,
): Promise<[Float32Array, Float32Array]> {
  const used = strides.map((stride, axis) => {
    const side = size[axis]!;
    return side > smoothness ? Math.max(stride, side / (side - smoothness)) : stride;
  }) as [number, number];
  const masks = tidy(() => [
    verticalMask(size[0], scalar(used[0]), smoothness),
    horizontalMask(size[1], scalar(used[1]), smoothness),
  ]);
  const values = await Promise.all(masks.map((mask) => mask.data()));
  for (const mask of masks) mask.dispose();
  return values as [Float32Array, Float32Array];
}

/** 0 = a_0 < … < a_n = size, as even as whole pixels allow. */
function evenly(size: number, parts: number): number[] {
  return Array.from({ length: parts + 1 }, (_, i) => Math.floor((i * size) / parts));
}

/** A pooled picture with its error, when each region is filled with its value. */
async function filled(
  name: string,
  { output, rows, cols }: { output: Tensor4D; rows: number[]; cols: number[] },
  showsRegions = false,
): Promise<Alternative> {
  const image = picture();
  const [values, whole] = await Promise.all([output.data(), image.data()]);
  const pooled = await pictureOf(output);
  output.dispose();
  let lost = 0;
  let all = 0;
  const [, height, width] = image.shape;
  const w = cols.length - 1;
  for (let r = 0, row = 0; row < height; row++) {
    if (row >= rows[r + 1]!) r++;
    for (let c = 0, column = 0; column < width; column++) {
      if (column >= cols[c + 1]!) c++;
      for (let channel = 0; channel < 3; channel++) {
        const value = whole[3 * (row * width + column) + channel]!;
        lost += (value - values[3 * (r * w + c) + channel]!) ** 2;
        all += value * value;
      }
    }
  }
  const error = Math.sqrt(lost / all);
  return transfer({ name, picture: pooled, error, ...(showsRegions && { rows, cols }) }, [
    pooled.data.buffer,
  ]);
}

/** Scores of a made-up head: near things matter, and every eighth one. */
function scoresOf(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) => {
    const distance = Math.floor(i / length) - (i % length);
    return distance % 8 === 0 ? 1.5 - distance / 60 : 0.6 - distance / 40;
  });
}
