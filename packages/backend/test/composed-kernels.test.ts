import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import { type BackendInfo, useBackend } from '../src/index.js';
import { describeDepthwise } from './depthwise-cases.js';
import { ACTIVATIONS, expectRight, sizes } from './fused-convolution-cases.js';
import { describeGather } from './gather-cases.js';
import { describeKernels } from './kernel-cases.js';

// The SIMD kernels fail to link here, so all kernels are composed of tfjs's own.
let info: BackendInfo;
beforeAll(async () => {
  await tf.setBackend('wasm');
  vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(new Error('no SIMD here'));
  info = await useBackend('wasm');
});

it('reports that the SIMD kernels are missing, and why', () => {
  expect(info.reason).toContain(
    'without SIMD kernels, since the SIMD kernels did not load (no SIMD here)',
  );
  expect(info.added).toEqual([
    'Conv2DBackpropFilter',
    'DepthwiseConv2dNativeBackpropInput',
    'DepthwiseConv2dNativeBackpropFilter',
    'UnsortedSegmentSum',
  ]);
  const reductions = ['Sum', 'Prod', 'Mean', 'Max', 'Min', 'Any', 'All', 'ArgMax', 'ArgMin'];
  const composed = [
    'Conv2DBackpropInput',
    'BatchMatMul',
    '_FusedMatMul',
    'Identity',
    'Prelu',
    'Relu6',
    'ClipByValue',
    'Conv2D',
    'FusedConv2D',
    'DepthwiseConv2dNative',
    'FusedDepthwiseConv2D',
    'Conv3D',
    'Conv3DBackpropInputV2',
    'Conv3DBackpropFilterV2',
    'MaxPool',
    'Dilation2D',
    'Dilation2DBackpropInput',
    'Dilation2DBackpropFilter',
    'GatherV2',
  ];
  expect([...info.replaced].sort()).toEqual([...composed, ...reductions].sort());
});

describeKernels(useBackend);

describe('depthwise convolutions', () => describeDepthwise('wasm'));
describe('gather', () => describeGather('wasm'));

it.each(Object.keys(ACTIVATIONS))('fused convolutions: %s', (activation) => {
  const slopes = activation === 'prelu' ? [4] : undefined;
  const given = { activation, slopes, bias: [4] };
  expectRight({ sizes: { ...sizes, filters: 4 }, isDepthwise: false, ...given });
  expectRight({ sizes, isDepthwise: true, ...given });
  // These windows do not cover the last rows.
  const apart = { ...sizes, image: [32, 32], strides: [4, 4] } as typeof sizes;
  expectRight({ sizes: { ...apart, filters: 4 }, isDepthwise: false, ...given });
  expectRight({ sizes: apart, isDepthwise: true, ...given });
});
