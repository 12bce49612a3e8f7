import type { BackendKernel } from '@ds/kernels/tfjs';
import { borderByBorder, type Padding } from '@ds/kernels/tfjs';
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
} from '@tensorflow/tfjs-core';
import { registerKernels } from '../replacements/kernels.js';
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

interface PaddedAttrs {
  pad: Padding;
  dataFormat?: string;
}

function convolution(kernelName: string): BackendKernel<unknown, PaddedAttrs> {
  return {
    kernelName,
    isWrapper: true,
    make: (original) => (args) => {
      const { attrs } = args;
      if (typeof attrs.pad !== 'number') return original!(args);
      const [batch, rows, columns, channels] = borderByBorder(attrs.pad) as Extract<
        Padding,
        object
      >;
      const isFirst = attrs.dataFormat === 'NCHW';
      const pad: Padding = isFirst
        ? [batch, channels, rows, columns]
        : [batch, rows, columns, channels];
      return original!({ ...args, attrs: { ...attrs, pad } });
    },
  };
}
