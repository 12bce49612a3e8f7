import type { HeightAxis, WidthAxis } from './axes.js';

/** An array for pooled values. */
export type PixelArray = Float32Array<ArrayBuffer> | Uint8ClampedArray<ArrayBuffer>;

/** The destination and the format of pooled values. */
export interface PixelLayout<Out extends PixelArray = PixelArray> {
  /**
   * The array for the values. If it is too short, the result has a new array of the same type. By
   * default the result has a new Float32Array.
   */
  out?: Out;
  /** The distance between pixels in `out`, in numbers. Default: the number of channels. */
  pixelStride?: number;
  /** A factor for every value, such as 255 for bytes. Default 1. */
  scale?: number;
}

/**
 * Writes rows of an image from the sums of its sixteen wave terms. Returns the row indices and the
 * array.
 *
 * The sums are those of `ParityWaves` at the points i = from … to − 1 along the height and at the
 * points c along the width. Each has shape `[planes, to − from, points]`. Let a, b, c, d be the
 * terms (cos, cos), (sin, cos), (cos, sin), (sin, sin) along height and width. Then
 *
 *     y(±i, c) = (a ∓ b) − (c ± d),    y(±i, w − c) = (a ∓ b) + (c ± d).
 *
 * The points h/2 − i and w/2 − c follow from the same sums. Each call writes the rows ±i and
 * h/2 ± i.
 */
export function writeRows<Out extends PixelArray>(
  sums: Float32Array[],
  height: HeightAxis,
  { waves: across }: WidthAxis,
  {
    planes,
    out,
    pixelStride,
    scale = 1,
  }: PixelLayout<Out> & { planes: number; pixelStride: number },
): { rows: number[]; values: Out } {
  const { n: width } = across;
  const points = rowsOfPoints(height);
  const rows = [...new Set(points.flat())].sort((a, b) => a - b);
  const places = new Map(rows.map((row, place) => [row, place]));
  const values = arrayOf(rows.length * width * pixelStride, out);
  const [a00, a01, c00, c01, a10, a11, c10, c11] = sums as Eight;
  const [b00, b01, d00, d01, b10, b11, d10, d11] = sums.slice(8) as Eight;
  for (const [k, point] of points.entries()) {
    for (let plane = 0; plane < planes; plane++) {
      const [up, under, farUp, farUnder] = point.map(
        (row) => places.get(row)! * width * pixelStride + plane,
      ) as Four;
      let i = (plane * points.length + k) * across.points;
      for (let c = 0; c < across.points; c++, i++) {
        const mirror = across.isMirrored ? width / 2 - c : c;
        const left = c * pixelStride;
        const right = (c === 0 ? 0 : width - c) * pixelStride;
        const farLeft = mirror * pixelStride;
        const farRight = (mirror === 0 ? 0 : width - mirror) * pixelStride;
        const a0 = scale * (a00[i]! + a01[i]!);
        const a1 = scale * (a10[i]! + a11[i]!);
        const b0 = scale * (b00[i]! + b01[i]!);
        const b1 = scale * (b10[i]! + b11[i]!);
        const c0 = scale * (c00[i]! + c01[i]!);
        const c1 = scale * (c10[i]! + c11[i]!);
        const d0 = scale * (d00[i]! + d01[i]!);
        const d1 = scale * (d10[i]! + d11[i]!);
        const farA0 = scale * (a00[i]! - a01[i]!);
        const farA1 = scale * (a10[i]! - a11[i]!);
        const farB0 = scale * (b00[i]! - b01[i]!);
        const farB1 = scale * (b10[i]! - b11[i]!);
        const farC0 = scale * (c01[i]! - c00[i]!);
        const farC1 = scale * (c11[i]! - c10[i]!);
        const farD0 = scale * (d01[i]! - d00[i]!);
        const farD1 = scale * (d11[i]! - d10[i]!);
        // Mirror points come first. If there are none, the next values overwrite these.
        writeFour(
          values,
          farUp,
          farUnder,
          farLeft,
          farRight,
          farA0 - farA1,
          farB1 - farB0,
          farC0 - farC1,
          farD1 - farD0,
        );
        writeFour(values, farUp, farUnder, left, right, a0 - a1, b1 - b0, c0 - c1, d1 - d0);
        writeFour(
          values,
          up,
          under,
          farLeft,
          farRight,
          farA0 + farA1,
          farB0 + farB1,
          farC0 + farC1,
          farD0 + farD1,
        );
        writeFour(values, up, under, left, right, a0 + a1, b0 + b1, c0 + c1, d0 + d1);
      }
    }
  }
  return { rows, values };
}

/** The rows [i, −i, h/2 − i, h/2 + i] of each point along the height. */
function rowsOfPoints({ waves, from, to }: HeightAxis): Four[] {
  const { n: height, isMirrored } = waves;
  return Array.from({ length: to - from }, (_, k) => {
    const i = from + k;
    // Without a mirror point the same row is written twice, and the second values are right.
    const far = isMirrored ? height / 2 - i : i;
    return [i, (height - i) % height, far, (height - far) % height];
  });
}

type Line = Float32Array;
type Eight = [Line, Line, Line, Line, Line, Line, Line, Line];
type Four = [number, number, number, number];

/** The values at the points (±i, ±c), from the sums of the four wave pairs. */
function writeFour(
  values: PixelArray,
  up: number,
  under: number,
  left: number,
  right: number,
  a: number,
  b: number,
  c: number,
  d: number,
): void {
  values[up + left] = a - b - c - d;
  values[up + right] = a - b + c + d;
  values[under + left] = a + b - c + d;
  values[under + right] = a + b + c - d;
}

/** The first `size` numbers of `out`, or a new array of the same type. */
function arrayOf<Out extends PixelArray>(size: number, out?: Out): Out {
  if (out && out.length >= size) return out.subarray(0, size) as Out;
  return (
    out instanceof Uint8ClampedArray ? new Uint8ClampedArray(size) : new Float32Array(size)
  ) as Out;
}
