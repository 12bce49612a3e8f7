import {
  backend_util,
  GatherV2,
  type GatherV2Attrs,
  type Tensor,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import type { BackendKernel } from '../backend-kernel.js';
import { kernelModule } from '../wasm/kernel-module.js';
import type { WasmBackend } from '../wasm/wasm-backend.js';

/** Floats below which a loop copies a line faster than a call of `set` does. */
const SHORT_LINE = 16;

/**
 * `tf.gather` of float32 by copies of whole lines, and with batch dimensions. tfjs's kernel
 * computes the place of each value again. With batch dimensions it uses only the first index of
 * each batch, and reads beyond x. Here the indices become positions of lines in all of x. Empty
 * results are made here, since tfjs gives them a wrong shape.
 */
export const gatherOnWasm: BackendKernel<Record<'x' | 'indices', TensorInfo>, GatherV2Attrs> = {
  kernelName: GatherV2,
  make: (original) => (args) => {
    const { x, indices } = args.inputs;
    const { axis, batchDims } = args.attrs;
    const [along] = util.parseAxisParam(axis, x.shape) as [number];
    const sizes = backend_util.segment_util.collectGatherOpShapeInfo(
      x as Tensor,
      indices as Tensor,
      along,
      batchDims,
    );
    const { batchSize, outerSize, dimSize, sliceSize, outputShape } = sizes;
    const backend = args.backend as WasmBackend;
    const isEmpty = outputShape.includes(0) && (dimSize > 0 || indices.shape.includes(0));
    if (isEmpty) {
      const dataId = backend.write(new Float32Array(0), outputShape, x.dtype);
      return { dataId, shape: outputShape, dtype: x.dtype };
    }
    const module = x.dtype === 'float32' ? kernelModule(backend) : undefined;
    if (dimSize === 0 || (!batchDims && !module)) return original!(args);
    const wanted = backend.readSync(indices.dataId) as Int32Array;
    const outside = wanted.find((index) => !(index >= 0 && index < dimSize));
    if (outside !== undefined) {
      throw new Error(`gather: indices must be in [0, ${dimSize - 1}], got ${outside}`);
    }
    const count = wanted.length / batchSize;
    const positions = new Int32Array(batchSize * outerSize * count);
    for (let at = 0; at < positions.length; at++) {
      const line = Math.floor(at / count);
      const index = wanted[Math.floor(line / outerSize) * count + (at % count)]!;
      positions[at] = line * dimSize + index;
    }
    if (module) {
      const y = backend.makeOutput(outputShape, 'float32');
      copyLines(module.values(x), module.values(y), positions, sliceSize);
      return y;
    }
    const shape = [positions.length];
    const places = {
      dataId: backend.write(positions, shape, 'int32'),
      shape,
      dtype: 'int32' as const,
    };
    const lines = {
      dataId: x.dataId,
      dtype: x.dtype,
      shape: [batchSize * outerSize * dimSize, sliceSize],
    };
    const inputs = { x: lines, indices: places };
    const attrs = { axis: 0, batchDims: 0 };
    const y = original!({ inputs, attrs, backend: args.backend }) as TensorInfo;
    backend.disposeData(places.dataId);
    return { ...y, shape: outputShape };
  },
};

/** Copies the lines of x at `positions` to y, one after the other. */
function copyLines(x: Float32Array, y: Float32Array, positions: Int32Array, length: number): void {
  let to = 0;
  for (const position of positions) {
    const from = position * length;
    if (length < SHORT_LINE) for (let i = 0; i < length; i++) y[to + i] = x[from + i]!;
    else y.set(x.subarray(from, from + length), to);
    to += length;
  }
}
