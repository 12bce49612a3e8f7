import {
  type KernelBackend,
  type TensorInfo,
  UnsortedSegmentSum,
  type UnsortedSegmentSumAttrs,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';

type SegmentInputs = Record<'x' | 'segmentIds', TensorInfo>;

export type SegmentSum = BackendKernel<SegmentInputs, UnsortedSegmentSumAttrs>;

/** The rows of x, the values of a row, and the shape of the result. */
export interface SegmentSizes {
  rows: number;
  inner: number;
  shape: number[];
}

/**
 * `y[s, …] = Σ x[r, …]` over the rows r with `ids[r] = s`, on the host. It skips rows with an
 * id outside the segments. This sum is the gradient of `tf.gather`. tfjs has no such kernel on
 * wasm. Its cpu kernel multiplies all of x by 0 or 1 for each segment: NaN and ∞ reach every
 * segment, and integers become float32.
 */
export const unsortedSegmentSumKernel: SegmentSum = {
  kernelName: UnsortedSegmentSum,
  make:
    () =>
    ({ inputs, attrs, backend }) => {
      const { numSegments } = attrs;
      const { rows, inner, shape } = segmentSizes(inputs, numSegments);
      const { x, segmentIds } = inputs;
      const host = backend as KernelBackend;
      const values = host.readSync(x.dataId) as Float32Array | Int32Array;
      const ids = host.readSync(segmentIds.dataId) as Int32Array;
      const dtype = x.dtype === 'float32' ? 'float32' : 'int32';
      const size = numSegments * inner;
      const sums = dtype === 'float32' ? new Float32Array(size) : new Int32Array(size);
      for (let row = 0; row < rows; row++) {
        const segment = ids[row]!;
        if (segment < 0 || segment >= numSegments) continue;
        const to = segment * inner;
        const from = row * inner;
        for (let i = 0; i < inner; i++) sums[to + i]! += values[from + i]!;
      }
      return { dataId: host.write(sums, shape, dtype), shape, dtype };
    },
};

/**
 * Checks and returns the sizes.
 *
 * @throws Error if there is not one id for each row.
 */
export function segmentSizes({ x, segmentIds }: SegmentInputs, numSegments: number): SegmentSizes {
  const [rows] = x.shape;
  if (rows === undefined || !util.arraysEqual(segmentIds.shape, [rows])) {
    throw new Error(
      'unsortedSegmentSum: segmentIds must have one value for each row of x, ' +
        `of shape [${x.shape}], got shape [${segmentIds.shape}]`,
    );
  }
  const rest = x.shape.slice(1);
  return { rows, inner: util.sizeFromShape(rest), shape: [numSegments, ...rest] };
}
