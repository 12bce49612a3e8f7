import { loadCifar10, subset } from '@ds/data';
import { type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { encode } from 'fast-png';
import type { DataFolders } from '../data/data-folders.js';

/** The source of pictures. */
export interface PictureSource {
  /** An image file. Default: images of CIFAR-10's test set. */
  image?: string;
  /** Side in pixels after a centre crop and resize of the file. */
  size: number;
  data: DataFolders;
  seed: number;
}

/** Pictures `[count, height, width, 3]` with values in 0 … 1, and their name. */
export interface Pictures {
  images: Tensor4D;
  name: string;
}

/** Reads `count` pictures of CIFAR-10, or the one picture of the file. */
export async function readPictures(source: PictureSource, count: number): Promise<Pictures> {
  const { image, size, data, seed } = source;
  if (image !== undefined) {
    const { default: sharp } = await import('sharp');
    const bytes = await sharp(image)
      .resize(size, size, { fit: 'cover' })
      .toColourspace('srgb')
      .removeAlpha()
      .raw()
      .toBuffer()
      .catch((error) => {
        throw new Error(`--image: ${image} cannot be read as an image: ${error.message}`);
      });
    return { images: scaled(bytes, [1, size, size, 3]), name: image };
  }
  const { test, name } = await loadCifar10({ folder: data.cifar10 ?? data.any });
  const drawn = subset(test, Math.min(count, test.count), seed);
  return {
    images: scaled(drawn.images, [drawn.count, ...drawn.shape]),
    name: `${name}, ${drawn.count === 1 ? 'one test image' : `${drawn.count} test images`}`,
  };
}

function scaled(bytes: Uint8Array, shape: [number, number, number, number]): Tensor4D {
  return tensor4d(
    Float32Array.from(bytes, (byte) => byte / 255),
    shape,
  );
}

/**
 * A picture `[height, width, 3]` of values in 0 … 1 as an HTML image. `shownWidth` is in CSS
 * pixels. Enlarged pixels stay sharp.
 */
export function pictureImage(
  values: ArrayLike<number>,
  [height, width]: [number, number],
  shownWidth: number,
  alt: string,
) {
  const data = Uint8Array.from(values, (value) =>
    Math.round(255 * Math.min(1, Math.max(0, value))),
  );
  const png = encode({ width, height, data, channels: 3 });
  const source = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  const shownHeight = Math.round((shownWidth * height) / width);
  return <img class="pixels" src={source} alt={alt} width={shownWidth} height={shownHeight} />;
}
