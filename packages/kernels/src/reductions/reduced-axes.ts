import { backend_util, util } from '@tensorflow/tfjs-core';

/** The attributes that tfjs passes to a reduction. */
export interface ReductionAttrs {
  axis?: number | number[];
  /** The name of the axis in the attributes of `Max`. */
  reductionIndices?: number | number[];
  keepDims?: boolean;
}

/** Returns the axes that a reduction removes, and the shape of its result. */
export function reducedAxes(
  shape: number[],
  { axis, reductionIndices, keepDims }: ReductionAttrs,
): { axes: number[]; outputShape: number[] } {
  // Without an axis, tfjs reduces all of them.
  const axes = util.parseAxisParam(axis ?? reductionIndices ?? null!, shape);
  const [reduced] = backend_util.computeOutAndReduceShapes(shape, axes);
  return {
    axes,
    outputShape: keepDims ? backend_util.expandShapeToKeepDim(reduced, axes) : reduced,
  };
}
