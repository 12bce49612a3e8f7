import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { kernelFile } from '../../src/kernel-files.js';
import { byName } from '../../src/wasm/kernel-exports.js';

// Without relaxed SIMD, each product and each sum is rounded to float32 once, as here.
const memory = new WebAssembly.Memory({ initial: 40 });
const module = new WebAssembly.Module(readFileSync(kernelFile('simd')));
const kernels = byName(new WebAssembly.Instance(module, { env: { memory } }).exports);
const floats = new Float32Array(memory.buffer);

interface Sizes {
  width: number;
  stride: number;
  inChannels: number;
}

/** Sizes of a 3×3 convolution of square images with padding 1, with the kernel's names. */
function convolution({ width, stride, inChannels }: Sizes) {
  const out = Math.ceil(width / stride);
  return {
    ...{ batch: 2, inHeight: width, inWidth: width, inChannels },
    ...{ outHeight: out, outWidth: out, outChannels: 12, filterHeight: 3, filterWidth: 3 },
    ...{ strideHeight: stride, strideWidth: stride, dilationHeight: 1, dilationWidth: 1 },
    ...{ top: 1, left: 1 },
  };
}
type Convolution = ReturnType<typeof convolution>;

/** Calls back for each output and each tap that meets a pixel: image, p, then tap, then q. */
function eachMeeting(
  { batch, inHeight, inWidth, outHeight, outWidth, strideHeight, strideWidth }: Convolution,
  see: (pixel: number, output: number, tap: number) => void,
): void {
  for (let line = 0; line < batch * outHeight; line++) {
    const [n, p] = [Math.floor(line / outHeight), line % outHeight];
    for (let tap = 0; tap < 9; tap++) {
      for (let q = 0; q < outWidth; q++) {
        const y = p * strideHeight + Math.floor(tap / 3) - 1;
        const x = q * strideWidth + (tap % 3) - 1;
        if (y < 0 || x < 0 || y >= inHeight || x >= inWidth) continue;
        see((n * inHeight + y) * inWidth + x, line * outWidth + q, tap);
      }
    }
  }
}

/** Sums that begin at zero. Each product is rounded, and then added and rounded. */
function sums(length: number) {
  const total = new Float32Array(length);
  const add = (at: number, a: number, b: number) => {
    total[at] = total[at]! + Math.fround(a * b);
  };
  return { total, add };
}

const inputs = (length: number, phase: number) =>
  Float32Array.from({ length }, (_, i) => Math.sin(1.7 * i + phase));

/** Runs a kernel on two arrays, in memory full of NaN. */
function outputOf(
  [a, b]: [Float32Array, Float32Array],
  length: number,
  run: (a: number, b: number, y: number, scratch: number) => void,
): Float32Array {
  floats.fill(Number.NaN);
  const places = [256, 256 + a.length, 256 + a.length + b.length];
  floats.set(a, places[0]);
  floats.set(b, places[1]);
  const scratch = 4 * Math.ceil((places[2]! + length) / 4 + 1);
  run(4 * places[0]!, 4 * places[1]!, 4 * places[2]!, 4 * scratch);
  return floats.slice(places[2], places[2]! + length);
}

// Maps that are summed in place and over copies, of several chunks.
const CASES: Sizes[] = [
  { width: 7, stride: 2, inChannels: 3 },
  { width: 9, stride: 2, inChannels: 16 },
  { width: 40, stride: 2, inChannels: 16 },
  { width: 30, stride: 2, inChannels: 64 },
  { width: 23, stride: 1, inChannels: 64 },
  { width: 20, stride: 3, inChannels: 20 },
  { width: 40, stride: 2, inChannels: 3 },
  { width: 33, stride: 1, inChannels: 8 },
];

describe.each([false, true])('with wide tiles: %s', (on) => {
  it.each(CASES)(
    'an input gradient adds by rows of outputs, then by columns of taps: %o',
    (one) => {
      const s = convolution(one);
      const { outChannels, inChannels } = s;
      const pixels = s.batch * s.inHeight * s.inWidth;
      const dy = inputs(s.batch * s.outHeight * s.outWidth * outChannels, 0);
      const ft = inputs(9 * outChannels * inChannels, 1);
      const { total, add } = sums(pixels * inChannels);
      eachMeeting(s, (pixel, output, tap) => {
        for (let b = 0; b < outChannels; b++) {
          for (let a = 0; a < inChannels; a++) {
            const value = ft[(tap * outChannels + b) * inChannels + a]!;
            add(pixel * inChannels + a, dy[output * outChannels + b]!, value);
          }
        }
      });
      kernels.setWideTiles({ on });
      const got = outputOf([dy, ft], total.length, (a, b, dx, scratch) => {
        kernels.writeConvolutionShape({ ...s, scratch });
        kernels.convolutionInputGradient({ dy: a, ft: b, dx, scratch });
      });
      expect(got).toEqual(total);
    },
  );

  it.each(CASES)('a filter gradient adds by outputs: %o', (one) => {
    const s = convolution(one);
    const { outChannels, inChannels } = s;
    const x = inputs(s.batch * s.inHeight * s.inWidth * inChannels, 0);
    const dy = inputs(s.batch * s.outHeight * s.outWidth * outChannels, 1);
    const { total, add } = sums(9 * inChannels * outChannels);
    eachMeeting(s, (pixel, output, tap) => {
      for (let a = 0; a < inChannels; a++) {
        for (let b = 0; b < outChannels; b++) {
          const at = (tap * inChannels + a) * outChannels + b;
          add(at, x[pixel * inChannels + a]!, dy[output * outChannels + b]!);
        }
      }
    });
    kernels.setWideTiles({ on });
    const got = outputOf([x, dy], total.length, (a, b, df, scratch) => {
      kernels.writeConvolutionShape({ ...s, scratch });
      kernels.convolutionFilterGradient({ x: a, dy: b, df, scratch });
    });
    expect(got).toEqual(total);
  });
});
