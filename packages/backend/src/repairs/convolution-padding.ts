import type { BackendKernel } from '@ds/kernels/tfjs';
import { borderByBorder, type PoolAttrs } from '@ds/kernels/tfjs';
import {
  Conv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
  FusedConv2D,
  FusedDepthwiseConv2D,
  getKernel,
  type KernelFunc,
  type NamedAttrMap,
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replaced-kernels.js';
import { kernelsOn, OWN_KERNELS, type Repair } from './repair.js';

const CONVOLUTIONS = [
  Conv2D,
  FusedConv2D,
  Conv2DBackpropFilter,
  Conv2DBackpropInput,
  DepthwiseConv2dNative,
  FusedDepthwiseConv2D,
  DepthwiseConv2dNativeBackpropFilter,
  DepthwiseConv2dNativeBackpropInput,
];

/** Makes the padding of convolutions explicit for each border. tfjs then computes correct sizes. */
export const convolutionPadding: Repair = {
  name: 'convolutions with padding as one number',
  wrong:
    'computes the output width from the height of filter and strides: ' +
    'wrong sizes, and access out of bounds on wasm',
  backends: OWN_KERNELS,
  changes: kernelsOn(OWN_KERNELS, CONVOLUTIONS),
  install: (backend) => {
    const present = (name: string) => getKernel(name, backend) !== undefined;
    registerKernels(backend, CONVOLUTIONS.filter(present).map(convolution));
  },
};

function convolution(kernelName: string): BackendKernel {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const attrs = args.attrs as unknown as { pad: PoolAttrs['pad']; dataFormat?: string };
      if (typeof attrs.pad !== 'number') return (original as KernelFunc)(args);
      const [batch, rows, columns, channels] = borderByBorder(attrs.pad) as number[][];
      const isFirst = attrs.dataFormat === 'NCHW';
      const pad = isFirst ? [batch, channels, rows, columns] : [batch, rows, columns, channels];
      return (original as KernelFunc)({
        ...args,
        attrs: { ...attrs, pad } as unknown as NamedAttrMap,
      });
    },
  };
}
