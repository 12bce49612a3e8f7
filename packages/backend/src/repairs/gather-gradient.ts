import {
  add,
  backend_util,
  GatherV2,
  type GatherV2Attrs,
  gather,
  greaterEqual,
  less,
  logicalAnd,
  mul,
  range,
  reshape,
  scalar,
  type Tensor,
  type Tensor1D,
  transpose,
  UnsortedSegmentSum,
  unsortedSegmentSum,
  util,
  where,
  zeros,
  zerosLike,
} from '@tensorflow/tfjs-core';
import { replaceGradient } from '../replacements/gradients.js';
import { OWN_KERNELS, type Repair } from './repair.js';

/** Gradients of `tf.gather` and `tf.unsortedSegmentSum`, from ops that every backend has. */
export const gatherGradient: Repair = {
  name: 'gradients of GatherV2, UnsortedSegmentSum',
  wrong: 'refuses two or more batch dimensions, and ids outside the segments',
  backends: [...OWN_KERNELS, 'tensorflow'],
  changes: ['gradient GatherV2', 'gradient UnsortedSegmentSum'],
  install: () => {
    replaceGradient<GatherV2Attrs>(GatherV2, () => (dy, saved, attrs) => {
      const [x, indices] = saved as [Tensor, Tensor];
      return {
        x: () => slopeOfGather(dy as Tensor, x, indices, attrs),
        // As in tfjs: integers have no gradient, and tfjs does not read this tensor.
        indices: () => indices,
      };
    });
    replaceGradient(UnsortedSegmentSum, () => (dy, saved) => {
      const [ids] = saved as [Tensor];
      return { x: () => slopeOfSegmentSum(dy as Tensor, ids) };
    });
  },
};

/**
 * Gradient of `tf.gather`: `dx[b,o,l,s] = Σ_k dy[b,o,k,s]` over the k with `indices[b,k] = l`. It
 * supports any number of batch dimensions. tfjs's gradient fails with two or more.
 */
function slopeOfGather(
  dy: Tensor,
  x: Tensor,
  indices: Tensor,
  { axis, batchDims }: GatherV2Attrs,
): Tensor {
  const [along] = util.parseAxisParam(axis, x.shape) as [number];
  const { batchSize, outerSize, dimSize, sliceSize } =
    backend_util.segment_util.collectGatherOpShapeInfo(x, indices, along, batchDims);
  const count = indices.size / batchSize;
  // Each sample of the batch has its own segments.
  const samples = reshape(range(0, batchSize, 1, 'int32'), [batchSize, 1]);
  const first = mul(samples, scalar(dimSize, 'int32'));
  const ids = add(reshape(indices, [batchSize, count]), first);
  const rows = transpose(reshape(dy, [batchSize, outerSize, count, sliceSize]), [0, 2, 1, 3]);
  const sums = unsortedSegmentSum(
    reshape(rows, [batchSize * count, outerSize * sliceSize]),
    reshape(ids, [indices.size]) as Tensor1D,
    batchSize * dimSize,
  );
  const inBatches = reshape(sums, [batchSize, dimSize, outerSize, sliceSize]);
  return reshape(transpose(inBatches, [0, 2, 1, 3]), x.shape);
}

/**
 * Gradient of a sum over segments: `dx[r, …] = dy[ids[r], …]`, and 0 in rows outside the
 * segments. tfjs's gradient refuses such rows.
 */
function slopeOfSegmentSum(dy: Tensor, ids: Tensor): Tensor {
  const [segments, ...rest] = dy.shape as [number, ...number[]];
  const shape = [ids.size, ...rest];
  if (dy.size === 0 || ids.size === 0) return zeros(shape);
  const isSegment = logicalAnd(
    greaterEqual(ids, scalar(0, 'int32')),
    less(ids, scalar(segments, 'int32')),
  );
  const rows = gather(
    reshape(dy, [segments, dy.size / segments]),
    where(isSegment, ids, zerosLike(ids)) as Tensor1D,
  );
  return reshape(where(reshape(isSegment, [ids.size, 1]), rows, zerosLike(rows)), shape);
}
