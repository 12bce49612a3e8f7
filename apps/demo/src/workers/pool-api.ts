import { adaptiveSpanMask, adaptiveSpanWeights, horizontalMask, verticalMask } from '@ds/masks';
import { scalar, type Tensor, tensor1d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { transfer } from 'comlink';
import type { Picture } from './image-bytes.js';
import type { PageBackend } from './page-backends.js';
import type { PooledShare, Share } from './picture-shares.js';
import {
  lostShare,
  type PictureSpectrum,
  pictureSpectrum,
  spectrumPicture,
} from './picture-spectrum.js';
import { PooledSpectrum } from './pool-spectrum.js';
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
  /** ‖x − x̂‖/‖x‖ of the picture that the masks leave, by Parseval's theorem; told with the first share. */
  error: number;
}

let spectrum: PictureSpectrum | null = null;
let pooled: PooledSpectrum | null = null;
/** What is made ready when the sliders rest, this many milliseconds. */
let preparation: ReturnType<typeof setTimeout> | undefined;
const REST = 250;

export const poolApi = {
  start(backend: PageBackend) {
    return startBackend(backend);
  },

  /** Takes a picture; returns its log-spectrum in grey, low frequencies in the middle. */
  setPicture(picture: Picture): Picture {
    spectrum = pictureSpectrum(picture);
    pooled = new PooledSpectrum(spectrum);
    const shown = spectrumPicture(spectrum);
    return transfer(shown, [shown.data.buffer]);
  },

  /** The picture pooled, or a share of it, in `room` if that is large enough. */
  async pool(
    { strideH, strideW, smoothness }: PoolSettings,
    share?: Share,
    room?: ArrayBuffer,
  ): Promise<PooledPart> {
    if (!spectrum || !pooled) throw new Error('pool: there is no picture yet');
    clearTimeout(preparation);
    const { height, width } = spectrum;
    const [vertical, horizontal] = await masksOf([height, width], [strideH, strideW], smoothness);
    const picture = await pooled.pool(vertical, horizontal, share, room);
    const error = share?.index ? Number.NaN : lostShare(spectrum, vertical, horizontal);
    const result = { picture, vertical, horizontal, error };
    // If it fails, so will the next move, which tells of it.
    preparation = setTimeout(() => pooled?.prepare().catch(() => {}), REST);
    return transfer(result, [picture.data.buffer]);
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

/** Scores of a made-up head: near things matter, and every eighth one. */
function scoresOf(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) => {
    const distance = Math.floor(i / length) - (i % length);
    return distance % 8 === 0 ? 1.5 - distance / 60 : 0.6 - distance / 40;
  });
}
