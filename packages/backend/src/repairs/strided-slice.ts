import type { BackendKernel } from '@ds/kernels/tfjs';
import {
  gather,
  range,
  reshape,
  StridedSlice,
  type StridedSliceAttrs,
  slice_util,
  type Tensor,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

/** Gathers along each axis, where tfjs's kernel is wrong. */
export const stridedSlice: Repair = {
  name: 'StridedSlice',
  wrong:
    'mixes up the axes if a slice has strides, and single indices on other axes; ' +
    'on wasm reads integers and booleans as floats',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, [StridedSlice]),
  install: (backend) => registerKernels(backend, [gathering(backend === 'wasm')]),
};

function gathering(onlyFloats: boolean): BackendKernel<{ x: Tensor }, StridedSliceAttrs> {
  return {
    kernelName: StridedSlice,
    isWrapper: true,
    make: (original) => (args) => {
      const { x } = args.inputs;
      const { attrs } = args;
      const info = slice_util.sliceInfo(
        x.shape,
        attrs.begin,
        attrs.end,
        attrs.strides,
        attrs.beginMask,
        attrs.endMask,
        attrs.ellipsisMask,
        attrs.newAxisMask,
        attrs.shrinkAxisMask,
      );
      const { begin, end, strides, finalShape } = info;
      const isPlain = info.isIdentity || info.sliceDim0 || info.isSimpleSlice;
      const hasAllAxes = info.finalShapeSparse.length === x.shape.length;
      const isKnown = x.dtype === 'float32' || !onlyFloats;
      if (isPlain || (hasAllAxes && isKnown)) return original!(args);
      if (finalShape.includes(0)) return zeros(finalShape, x.dtype);
      return tidy(() => {
        const gathered = strides.reduce(
          (rest, stride, axis) =>
            gather(rest, range(begin[axis]!, end[axis]!, stride, 'int32'), axis),
          x,
        );
        return reshape(gathered, finalShape);
      });
    },
  };
}
