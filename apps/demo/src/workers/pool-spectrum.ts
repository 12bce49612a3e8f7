import { keptIndices } from '@ds/masks';
import { concat, matMul, reshape, slice, tensor1d, tensor2d, tidy } from '@tensorflow/tfjs-core';
import type { Picture } from './image-bytes.js';
import type { PictureSpectrum } from './picture-spectrum.js';

/**
 * DiffStride of a picture whose spectrum is at hand, for sliders: of `irfft2(crop(mask · rfft2(x)))` only the inverse is left to
 * do. As matrices it is two real products, `[Z_re; Z_im] = [C −S; S C] · [A_re; A_im]` along the height, with A the masked and
 * cropped spectrum, and `y = [Z_re Z_im] · [g·cos; −g·sin]` along the width, g counting a bin and its mirror image. The numbers
 * are those of `diffStride` with `norm: 'forward'`.
 */
export async function poolSpectrum(
  spectrum: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
): Promise<Picture> {
  const [rows, columns] = tidy(() => [
    keptIndices(tensor1d(vertical)),
    keptIndices(tensor1d(horizontal)),
  ]) as unknown as [number[], number[]];
  const height = rows.length;
  const bins = columns.length;
  const width = 2 * (bins - 1);
  const y = tidy(() => {
    const masked = tensor2d(maskedCrop(spectrum, vertical, horizontal, rows, columns), [
      2 * height,
      3 * bins,
    ]);
    const z = matMul(tensor2d(turns(height), [2 * height, 2 * height]), masked);
    const part = (start: number) => reshape(slice(z, [start, 0], [height, -1]), [3 * height, bins]);
    const both = concat([part(0), part(height)], 1);
    return matMul(both, tensor2d(waves(bins, width), [2 * bins, width]));
  });
  const values = await y.data();
  y.dispose();
  const data = new Uint8ClampedArray(4 * height * width);
  for (let row = 0; row < height; row++) {
    for (let channel = 0; channel < 3; channel++) {
      const from = (3 * row + channel) * width;
      let to = 4 * row * width + channel;
      for (let column = 0; column < width; column++, to += 4)
        data[to] = 255 * values[from + column]!;
    }
  }
  for (let alpha = 3; alpha < data.length; alpha += 4) data[alpha] = 255;
  return { width, height, data };
}

/** Rows: real parts, then imaginary ones; columns: channel by channel. */
function maskedCrop(
  { bins: all, real, imag }: PictureSpectrum,
  vertical: Float32Array,
  horizontal: Float32Array,
  rows: number[],
  columns: number[],
): Float32Array {
  const bins = columns.length;
  const size = rows.length * 3 * bins;
  const values = new Float32Array(2 * size);
  let to = 0;
  for (const row of rows) {
    for (let channel = 0; channel < 3; channel++) {
      const [re, im] = [real[channel]!, imag[channel]!];
      for (const column of columns) {
        const mask = vertical[row]! * horizontal[column]!;
        values[to] = mask * re[row * all + column]!;
        values[size + to] = mask * im[row * all + column]!;
        to += 1;
      }
    }
  }
  return values;
}

/** [C −S; S C] with C and S the cosine and sine of 2π·i·j/size. */
function turns(size: number): Float32Array {
  const values = new Float32Array(4 * size * size);
  const { cos, sin } = circle(size);
  for (let i = 0; i < size; i++) {
    const top = 2 * i * size;
    const bottom = 2 * (i + size) * size;
    for (let j = 0, at = 0; j < size; j++) {
      values[top + j] = cos[at]!;
      values[top + size + j] = -sin[at]!;
      values[bottom + j] = sin[at]!;
      values[bottom + size + j] = cos[at]!;
      at += i;
      if (at >= size) at -= size;
    }
  }
  return values;
}

/** [g·cos; −g·sin] of 2π·bin·column/width. */
function waves(bins: number, width: number): Float32Array {
  const values = new Float32Array(2 * bins * width);
  const { cos, sin } = circle(width);
  for (let bin = 0; bin < bins; bin++) {
    const weight = bin === 0 || bin === bins - 1 ? 1 : 2;
    for (let column = 0, at = 0; column < width; column++) {
      values[bin * width + column] = weight * cos[at]!;
      values[(bins + bin) * width + column] = -weight * sin[at]!;
      at = (at + bin) % width;
    }
  }
  return values;
}

function circle(size: number): { cos: Float64Array; sin: Float64Array } {
  const angle = (i: number) => (2 * Math.PI * i) / size;
  return {
    cos: Float64Array.from({ length: size }, (_, i) => Math.cos(angle(i))),
    sin: Float64Array.from({ length: size }, (_, i) => Math.sin(angle(i))),
  };
}
