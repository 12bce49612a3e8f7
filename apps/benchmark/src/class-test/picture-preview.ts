import type { Example } from './run-class-test.js';

/** Longest side of a preview, in pixels. */
const LONGEST_SIDE = 96;

/**
 * A PNG of a standardised picture, as a `data:` URL. Large pictures become smaller, and have at
 * most 256 colours. Small pictures become larger by whole multiples.
 *
 * @param shape [height, width, channels], with 1 or 3 channels.
 * @param mean mean by channel, of values scaled to [0, 1]; `std` likewise.
 */
export async function picturePreview(
  { values }: Pick<Example, 'values'>,
  shape: [number, number, number],
  mean: number[],
  std: number[],
): Promise<string> {
  const { default: sharp } = await import('sharp');
  const [height, width, channels] = shape;
  const bytes = Uint8ClampedArray.from(values, (value, i) => {
    const channel = i % channels;
    return 255 * (value * std[channel]! + mean[channel]!);
  });
  const raw = { height, width, channels: channels as 1 | 3 };
  const longest = Math.max(height, width);
  const isLarge = longest > LONGEST_SIDE;
  // Whole multiples keep the pixels of a small picture sharp.
  const scale = isLarge ? LONGEST_SIDE / longest : Math.floor(LONGEST_SIDE / longest);
  const png = await sharp(bytes, { raw })
    .resize(Math.round(scale * width), Math.round(scale * height), {
      kernel: isLarge ? 'lanczos3' : 'nearest',
    })
    .png({ compressionLevel: 9, palette: isLarge })
    .toBuffer();
  return `data:image/png;base64,${png.toString('base64')}`;
}
