import type { PreparedImage, RowShare } from '@ds/layers/prepared';
import { adaptiveSpanMask, adaptiveSpanWeights } from '@ds/masks';
import { scalar, type Tensor, tensor1d, tensor3d, tidy } from '@tensorflow/tfjs-core';
import { transfer } from 'comlink';
import { type AnalysedPicture, analysedPicture } from './analysed-picture.js';
import type { Picture } from './image-bytes.js';
import type { PageBackend } from './page-backends.js';
import type { PooledShare } from './picture-shares.js';
import { lostShare, spectrumPicture } from './picture-spectrum.js';
import { startBackend } from './tfjs.js';

/** The slider settings. */
export interface PoolSettings {
  strideH: number;
  strideW: number;
  smoothness: number;
}

/** The pooled picture, or a share of it, with its masks. */
export interface PooledPart {
  picture: PooledShare;
  /** The masks: over the height in FFT order, over the width at 0 … W/2. */
  vertical: Float32Array;
  horizontal: Float32Array;
  /** ‖x − x̂‖/‖x‖ of the masked picture. Only the first share has it. */
  error: number;
}

let shown: AnalysedPicture | null = null;
/** Milliseconds without a slider move after which the next move is prepared. */
const REST = 250;
let rest: ReturnType<typeof setTimeout> | undefined;

export const poolApi = {
  start(backend: PageBackend) {
    return startBackend(backend);
  },

  /** Takes a picture; returns its log-spectrum in grey, low frequencies in the middle. */
  async setPicture(picture: Picture): Promise<Picture> {
    const next = await analysedPicture(picture);
    shown?.image.dispose();
    shown = next;
    const drawn = spectrumPicture(shown.spectrum);
    return transfer(drawn, [drawn.data.buffer]);
  },

  /** Pools the picture, or a share of it, into `room` if that is large enough. */
  async pool(
    { strideH, strideW, smoothness }: PoolSettings,
    share?: RowShare,
    room = new ArrayBuffer(0),
  ): Promise<PooledPart> {
    if (!shown) throw new Error('pool: there must be a picture, got none: call setPicture first');
    clearTimeout(rest);
    const { image, spectrum } = shown;
    const { height, width, rows, values, masks } = await image.diffStride([strideH, strideW], {
      smoothness,
      norm: 'forward',
      share,
      out: new Uint8ClampedArray(room),
      pixelStride: 4,
      scale: 255,
    });
    if (values.buffer !== room) makeOpaque(values);
    const error = share?.index ? Number.NaN : lostShare(spectrum, masks.rows, masks.columns);
    rest = setTimeout(() => prepareMove(image), REST);
    const picture = { width, height, rows, data: values };
    const pooled = { picture, vertical: masks.rows, horizontal: masks.columns, error };
    return transfer(pooled, [values.buffer]);
  },

  /**
   * m_z over distances, and the masked attention weights of causal scores that favour near
   * positions.
   */
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

/** Caches the values of both axes, because the next move changes only one stride. */
async function prepareMove(image: PreparedImage): Promise<void> {
  try {
    await image.rest('rows');
    await image.rest('columns');
  } catch {
    // The next move fails too, and reports it.
  }
}

/** Sets the opacity of each pixel, which pooling does not change. */
function makeOpaque(pixels: Uint8ClampedArray): void {
  for (let i = 3; i < pixels.length; i += 4) pixels[i] = 255;
}

/** Scores of an invented head: high at near positions and at every eighth one. */
function scoresOf(length: number): Float32Array {
  return Float32Array.from({ length: length * length }, (_, i) => {
    const distance = Math.floor(i / length) - (i % length);
    return distance % 8 === 0 ? 1.5 - distance / 60 : 0.6 - distance / 40;
  });
}
