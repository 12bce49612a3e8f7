import '@tensorflow/tfjs';
import { BACKENDS } from '@ds/testing/backends';
import { expect, it } from 'vitest';
import { measureDevicePeak, measurePeak } from '../src/diagnostics.js';
import { useBackend } from '../src/index.js';

it('is a rate of billions on wasm, and unknown elsewhere', async () => {
  await useBackend('cpu');
  expect(measurePeak()).toBeNull();
  await useBackend('wasm');
  // Between a slow machine under load and more than any core has.
  expect(measurePeak()).toBeGreaterThan(1);
  expect(measurePeak()).toBeLessThan(1000);
});

it.skipIf(!BACKENDS.includes('webgpu'))(
  'of a GPU is a rate too, and unknown elsewhere',
  async () => {
    await useBackend('cpu');
    expect(await measureDevicePeak()).toBeNull();
    await useBackend('webgpu');
    // Between one in software under load and more than any has.
    const peak = await measureDevicePeak();
    expect(peak).toBeGreaterThan(0.1);
    expect(peak).toBeLessThan(1e6);
  },
);
