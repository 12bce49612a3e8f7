import '@tensorflow/tfjs';
import { BACKENDS } from '@ds/testing/backends';
import { expect, it } from 'vitest';
import { measureDevicePeak, measurePeak } from '../src/diagnostics.js';
import { useBackend } from '../src/index.js';

it('returns GFLOP/s on wasm, and null on other backends', async () => {
  await useBackend('cpu');
  expect(measurePeak()).toBeNull();
  await useBackend('wasm');
  // Bounds: a slow machine under load, and more than any core can do.
  expect(measurePeak()).toBeGreaterThan(1);
  expect(measurePeak()).toBeLessThan(1000);
});

it.skipIf(!BACKENDS.includes('webgpu'))(
  'returns GFLOP/s of a GPU, and null on other backends',
  async () => {
    await useBackend('cpu');
    expect(await measureDevicePeak()).toBeNull();
    await useBackend('webgpu');
    // Bounds: a software GPU under load, and more than any GPU can do.
    const peak = await measureDevicePeak();
    expect(peak).toBeGreaterThan(0.1);
    expect(peak).toBeLessThan(1e6);
  },
);
