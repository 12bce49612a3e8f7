import '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import { measurePeak, useBackend } from '../src/index.js';

it('is a rate of billions on wasm, and unknown elsewhere', async () => {
  await useBackend('cpu');
  expect(measurePeak()).toBeNull();
  await useBackend('wasm');
  // Between a slow machine under load and more than any core has.
  expect(measurePeak()).toBeGreaterThan(1);
  expect(measurePeak()).toBeLessThan(1000);
});
