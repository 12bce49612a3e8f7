import { type PreparedImage, prepareImage } from '@ds/layers/prepared';
import { tensor3d } from '@tensorflow/tfjs-core';
import { type Picture, valuesOf } from './image-bytes.js';
import { type PictureSpectrum, spectrumOf } from './picture-spectrum.js';

/** A picture that is ready to be pooled, and its spectrum. The caller disposes of the image. */
export interface AnalysedPicture {
  image: PreparedImage;
  spectrum: PictureSpectrum;
}

export async function analysedPicture(picture: Picture): Promise<AnalysedPicture> {
  const x = tensor3d(valuesOf(picture), [picture.height, picture.width, 3]);
  try {
    const image = await prepareImage(x);
    return { image, spectrum: spectrumOf(image) };
  } finally {
    x.dispose();
  }
}
