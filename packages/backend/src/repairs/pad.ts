import type { BackendKernel } from '@ds/kernels/tfjs';
import { PadV2, type PadV2Attrs, type TensorInfo } from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
import { kernelsOn, type Repair } from './repair.js';

/** XNNPACK pads at most this many axes. */
const MOST = 6;

/** Pads tensors of high rank, so that their slices have gradients. */
export const pad: Repair = {
  name: 'PadV2 at high rank',
  wrong:
    'returns zeros at rank 5 and 6 on WebGPU, ' +
    'and uninitialised memory from rank 7 on on wasm; so does the gradient of a slice',
  backends: ['wasm', 'webgpu'],
  changes: kernelsOn(['wasm', 'webgpu'], ['PadV2']),
  install: async (backend) => {
    if (backend === 'webgpu') {
      const { padOnWebGpu } = await import('@ds/kernels/webgpu');
      registerKernels('webgpu', [padOnWebGpu]);
    } else {
      registerKernels('wasm', [merging]);
    }
  },
};

/** Merges each axis without padding with the axis before it. */
const merging: BackendKernel<{ x: TensorInfo }, PadV2Attrs> = {
  kernelName: PadV2,
  make: (original) => (args) => {
    const { attrs } = args;
    const { x } = args.inputs;
    if (x.shape.length <= MOST) return original!(args);
    const sides: number[] = [];
    const paddings: [number, number][] = [];
    x.shape.forEach((side, axis) => {
      const [before, after] = attrs.paddings[axis]!;
      if (axis > 0 && before === 0 && after === 0) {
        sides.push(sides.pop()! * side);
        const last = paddings.pop()!;
        paddings.push([last[0] * side, last[1] * side]);
      } else {
        sides.push(side);
        paddings.push([before, after]);
      }
    });
    if (sides.length > MOST) {
      throw new Error(
        `pad: at most ${MOST} axes can be padded on wasm, ` +
          `got paddings ${JSON.stringify(attrs.paddings)}`,
      );
    }
    const y = original!({
      ...args,
      inputs: { x: { ...x, shape: sides } },
      attrs: { ...attrs, paddings },
    }) as TensorInfo;
    const shape = x.shape.map(
      (side, axis) => side + attrs.paddings[axis]![0] + attrs.paddings[axis]![1],
    );
    return { ...y, shape };
  },
};
