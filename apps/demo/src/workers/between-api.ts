import { type AnalysedPicture, analysedPicture } from './analysed-picture.js';
import type { Picture } from './image-bytes.js';
import { joined } from './picture-shares.js';
import { lostShare } from './picture-spectrum.js';

/** R, in bins. */
const SMOOTHNESS = 4;

/** What one stride on both axes does to the picture. */
export interface AtStride {
  stride: number;
  /** Share of the numbers that are left. */
  kept: number;
  /** ‖x − x̂‖/‖x‖ of the masked picture. */
  error: number;
}

let shown: AnalysedPicture | null = null;

export const betweenApi = {
  /** Takes a picture; returns what each stride does to it. */
  async setPicture(picture: Picture, strides: number[]): Promise<AtStride[]> {
    const next = await analysedPicture(picture);
    shown?.image.dispose();
    shown = next;
    const found: AtStride[] = [];
    for (const stride of strides) found.push((await pooled(stride)).at);
    return found;
  },

  /** Pools the picture with one stride on both axes. */
  async pool(stride: number): Promise<{ picture: Picture; at: AtStride }> {
    const { rows, at } = await pooled(stride);
    return { picture: joined([rows]), at };
  },
};

async function pooled(stride: number) {
  if (!shown) throw new Error('pool: there must be a picture, got none: call setPicture first');
  const { image, spectrum } = shown;
  const { height, width, rows, values, masks } = await image.diffStride([stride, stride], {
    smoothness: SMOOTHNESS,
    norm: 'forward',
    out: new Uint8ClampedArray(0),
    pixelStride: 4,
    scale: 255,
  });
  for (let i = 3; i < values.length; i += 4) values[i] = 255;
  const at = {
    stride,
    kept: (height * width) / (image.height * image.width),
    error: lostShare(spectrum, masks.rows, masks.columns),
  };
  return { rows: { width, height, rows, data: values }, at };
}
