import {
  PadV2,
  type PadV2Attrs,
  Slice,
  type SliceAttrs,
  slice_util,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';
import { copier, lineBytes } from './copied-lines.js';

/** A box of a tensor: it begins at `begin` and has the shape `size`. */
interface Box {
  whole: TensorInfo;
  begin: number[];
  size: number[];
}

/**
 * Visits the pieces of a box, which have `count` lines of `bytes`, `step` bytes apart. `at` is the
 * place of a piece in the whole tensor.
 */
function forEachPiece(
  { whole, begin, size }: Box,
  copy: (piece: { at: number; step: number; bytes: number; count: number; index: number }) => void,
): void {
  // The last axis of which a part is taken. Its part, with all axes after it, is a line.
  const line = Math.max(
    0,
    size.findLastIndex((side, axis) => side !== whole.shape[axis]),
  );
  const strides = whole.shape.map((_, axis) => lineBytes(whole, axis + 1));
  const placeOf = (place: number[]) =>
    place.reduce((sum, position, axis) => sum + position * strides[axis]!, 0);
  const rows = Math.max(line - 1, 0);
  const outer = size.slice(0, rows);
  const steps = util.computeStrides(outer);
  for (let index = 0; index < util.sizeFromShape(outer); index++) {
    copy({
      at: placeOf(begin) + placeOf(util.indexToLoc(index, outer.length, steps)),
      step: strides[rows]!,
      bytes: size[line]! * strides[line]!,
      count: line > 0 ? size[rows]! : 1,
      index,
    });
  }
}

/** `tf.slice` of parts that do not lie in one piece. tfjs calls JavaScript for each line. */
const sliceKernel: BackendKernel<{ x: TensorInfo }, SliceAttrs> = {
  kernelName: Slice,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const module = copier(args.backend, [x]);
    if (!module) return original!(args);
    const { attrs } = args;
    const box = slice_util.parseSliceParams(x, attrs.begin, attrs.size);
    const [begin, size] = box as [number[], number[]];
    slice_util.assertParamsValid(x, begin, size);
    if ([...begin, ...size].some((count) => !(count >= 0))) {
      throw new Error(`slice: begin must lie in [${x.shape}], got [${begin}]`);
    }
    if (size.includes(0) || slice_util.isSliceContinous(x.shape, begin, size)) {
      return original!(args);
    }
    const y = (args.backend as WasmBackend).makeOutput(size, x.dtype);
    const [from, to] = [module.address(x), module.address(y)];
    forEachPiece({ whole: x, begin, size }, ({ at, step, bytes, count, index }) =>
      module.kernels.copyLines({
        from: from + at,
        fromStep: step,
        to: to + index * count * bytes,
        toStep: bytes,
        bytes,
        count,
      }),
    );
    return y;
  },
};

/** `tf.pad` of float32 with one value. tfjs computes the place of each value again. */
const padKernel: BackendKernel<{ x: TensorInfo }, PadV2Attrs> = {
  kernelName: PadV2,
  make: (original) => (args) => {
    const { x } = args.inputs;
    const { paddings, constantValue } = args.attrs;
    const module = x.dtype === 'float32' ? copier(args.backend, [x]) : undefined;
    const flat = paddings.flat();
    if (!module || flat.every((count) => count === 0)) return original!(args);
    const areCounts = flat.every((count) => Number.isInteger(count) && count >= 0);
    if (!areCounts || paddings.length !== x.shape.length) {
      throw new Error(
        `pad: paddings must be two integers >= 0 for each of ${x.shape.length} axes, ` +
          `got ${JSON.stringify(paddings)}`,
      );
    }
    const shape = x.shape.map((side, axis) => side + paddings[axis]![0] + paddings[axis]![1]);
    const y = (args.backend as WasmBackend).makeOutput(shape, 'float32');
    module.values(y).fill(constantValue);
    const begin = paddings.map(([before]) => before);
    const [from, to] = [module.address(x), module.address(y)];
    forEachPiece({ whole: y, begin, size: x.shape }, ({ at, step, bytes, count, index }) =>
      module.kernels.copyLines({
        from: from + index * count * bytes,
        fromStep: bytes,
        to: to + at,
        toStep: step,
        bytes,
        count,
      }),
    );
    return y;
  },
};

export const boxKernels: BackendKernel[] = [sliceKernel, padKernel];
