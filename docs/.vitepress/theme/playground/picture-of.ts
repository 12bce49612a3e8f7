/** What {@link pictureOf} needs of a tensor or a variable. */
export interface Pixels {
  shape: number[];
  dtype: string;
  dataSync(): ArrayLike<number>;
}

/** A tensor as a picture. */
export interface Picture {
  width: number;
  height: number;
  /** Red, green, blue and opacity of each pixel. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** The shape, and the values that are black and white. */
  caption: string;
}

/** The longest side that a page draws. */
const MAX_SIDE = 2048;

/**
 * Draws a tensor [height, width] in grey, and [height, width, channels] with 1, 3 or 4 channels,
 * also as a batch of one. Values in [0, 1] keep their brightness. Others are scaled: the least is
 * black and the greatest is white.
 *
 * @throws Error if the value is not such a tensor, has complex numbers or text, or has a side above
 *   2048
 */
export function pictureOf(value: unknown): Picture {
  if (!isTensor(value)) throw new Error(`show: tensor must be a tensor, got ${typeof value}`);
  if (value.dtype === 'complex64' || value.dtype === 'string') {
    const instead = value.dtype === 'complex64' ? '; show tf.abs of it' : '';
    throw new Error(`show: tensor must have real numbers, got ${value.dtype}${instead}`);
  }
  const shape =
    value.shape[0] === 1 && value.shape.length === 4 ? value.shape.slice(1) : value.shape;
  const [height = 0, width = 0, channels = 1] = shape;
  if (shape.length < 2 || shape.length > 3 || ![1, 3, 4].includes(channels)) {
    const wanted = '[height, width] or [height, width, 1, 3 or 4 channels]';
    throw new Error(`show: tensor must be of shape ${wanted}, got ${listed(value.shape)}`);
  }
  if (!(height > 0 && width > 0 && height <= MAX_SIDE && width <= MAX_SIDE)) {
    const rule = `have sides of 1 to ${MAX_SIDE} pixels`;
    throw new Error(`show: tensor must ${rule}, got ${listed(value.shape)}`);
  }
  const values = value.dataSync();
  const [low, high] = rangeOf(values);
  const [black, white] = low >= 0 && high <= 1 ? [0, 1] : [low, high];
  const pixels = new Uint8ClampedArray(4 * height * width);
  for (let i = 0; i < height * width; i++) {
    for (let c = 0; c < 4; c++) {
      const from = channels === 1 && c < 3 ? 0 : c;
      const share = from < channels ? brightness(values[i * channels + from]!, black, white) : 1;
      pixels[4 * i + c] = Math.round(255 * share);
    }
  }
  const caption = `${listed(value.shape)}, black is ${short(black)}, white is ${short(white)}`;
  return { width, height, pixels, caption };
}

function isTensor(value: unknown): value is Pixels {
  const { shape, dataSync } = (value ?? {}) as Partial<Pixels>;
  return Array.isArray(shape) && typeof dataSync === 'function';
}

/** The least and the greatest of the finite values. */
function rangeOf(values: ArrayLike<number>): [number, number] {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let i = 0; i < values.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  return low <= high ? [low, high] : [0, 1];
}

function brightness(value: number, black: number, white: number): number {
  return white > black ? (value - black) / (white - black) : 0.5;
}

function listed(shape: number[]): string {
  return `[${shape.join(', ')}]`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(3)));
}
