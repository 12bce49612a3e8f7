import { diffStride, resample } from '@ds/layers/ops';
import {
  conv2d,
  grad,
  ones,
  randomNormal,
  sum,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor1d,
  tidy,
} from '@tensorflow/tfjs-core';
import type { PageBackend } from './page-backends.js';
import { startBackend } from './tfjs.js';

/** The time of one operation on one backend. */
export interface Timing {
  operation: string;
  /** The median of the timed runs, in milliseconds. `null` if the backend cannot run it. */
  milliseconds: number | null;
  because?: string;
}

/** The most timed runs of an operation. */
const REPEATS = 7;

/** No run starts after this time, in milliseconds. So a slow device answers soon, too. */
const ENOUGH = 500;

/**
 * Operations of a training step, on small batches. Each makes its inputs and returns the timed
 * call.
 */
const OPERATIONS: Record<string, () => () => Tensor> = {
  'convolution 3×3, 32 channels': () => {
    const [x, f] = [image(32), filter(32)];
    return () => conv2d(x, f, 1, 'same');
  },
  'its filter gradient': () => {
    const [x, f] = [image(32), filter(32)];
    const gradient = grad((w) => sum(conv2d(x, w as Tensor4D, 1, 'same')));
    return () => gradient(f);
  },
  'resampling 32×32 → 16×16': () => {
    const [x, matrix] = [image(32), ones([16, 32]) as Tensor2D];
    return () => resample(x, matrix, matrix);
  },
  'DiffStride, S = 2': () => {
    const [x, strides] = [image(32), tensor1d([2, 2])];
    return () => diffStride(x, strides, { outputSize: [24, 24] });
  },
  'its gradient to the image': () => {
    const [x, strides] = [image(32), tensor1d([2, 2])];
    const gradient = grad((z) => sum(diffStride(z as Tensor4D, strides, { outputSize: [24, 24] })));
    return () => gradient(x);
  },
};

export const deviceApi = {
  async measure(backend: PageBackend): Promise<{ backend: string; timings: Timing[] }> {
    const { name, kernels } = await startBackend(backend);
    const timings: Timing[] = [];
    for (const [operation, prepare] of Object.entries(OPERATIONS)) {
      try {
        const run = prepare();
        timings.push({ operation, milliseconds: median(await timesOf(run)) });
      } catch (error) {
        timings.push({ operation, milliseconds: null, because: (error as Error).message });
      }
    }
    return { backend: kernels ? `${name}, ${kernels} kernels` : name, timings };
  },
};

/** The times of an operation, after a first run that compiles its programs. */
async function timesOf(run: () => Tensor): Promise<number[]> {
  const times: number[] = [];
  const begin = performance.now();
  for (let i = 0; i <= REPEATS; i++) {
    const start = performance.now();
    const y = tidy(run);
    // A read waits until the operation is done.
    await y.data();
    y.dispose();
    const end = performance.now();
    if (i > 0) times.push(end - start);
    if (times.length > 0 && end - begin > ENOUGH) break;
  }
  return times;
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[Math.floor(times.length / 2)]!;
}

function image(channels: number): Tensor4D {
  return randomNormal([8, 32, 32, channels], 0, 1, 'float32', 1);
}

function filter(channels: number): Tensor4D {
  return randomNormal([3, 3, channels, channels], 0, 1, 'float32', 2);
}
