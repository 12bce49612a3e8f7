import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { beforeAll, expect, it, vi } from 'vitest';
import { type BackendInfo, useBackend } from '../src/index.js';
import { describeKernels } from './kernel-cases.js';

// A machine on which the SIMD kernels cannot be linked: everything is composed from tfjs's own.
let info: BackendInfo;
beforeAll(async () => {
  await tf.setBackend('wasm');
  vi.spyOn(WebAssembly, 'instantiate').mockRejectedValue(new Error('no SIMD here'));
  info = await useBackend('wasm');
});

it('says that it does without SIMD kernels, and why', () => {
  expect(info.reason).toContain(
    'without SIMD kernels, since the SIMD kernels did not load (no SIMD here)',
  );
  expect(info.added).toEqual(['Conv2DBackpropFilter']);
  const reductions = ['Sum', 'Prod', 'Mean', 'Max', 'Min', 'Any', 'All', 'ArgMax', 'ArgMin'];
  const composed = ['Conv2DBackpropInput', 'BatchMatMul', '_FusedMatMul', 'Identity', 'Prelu'];
  expect([...info.replaced].sort()).toEqual([...composed, ...reductions].sort());
});

describeKernels(useBackend);
