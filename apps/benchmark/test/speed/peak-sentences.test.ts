import { expect, it } from 'vitest';
import { peakSentences } from '../../src/speed/peak-sentences.js';

const contenders = [
  { name: 'ds wasm', version: 'tfjs 4' },
  { name: 'PyTorch, 1 thread', version: 'PyTorch 2' },
];

it('names the peak of wasm, the native peak, and how operations are counted', () => {
  const convolution = { case: { kind: 'convolution' }, timings: {} } as never;
  expect(
    peakSentences({ peak: 55.14, nativePeak: 103.4, contenders, rows: [convolution] }),
  ).toEqual([
    'The wasm peak is 55.1 GFLOP/s: the inner loop of our matrix products on one core, on cached data.',
    'The native peak is 103.4 GFLOP/s: the fastest float32 matrix product of PyTorch 2 on one thread.',
    expect.stringContaining('Winograd multiplies less often'),
  ]);
});

it('claims nothing that was not measured', () => {
  expect(peakSentences({ peak: null, nativePeak: null, contenders, rows: [] })).toEqual([]);
  const gpu = [{ name: 'ds webgpu', version: 'tfjs 4' }];
  expect(peakSentences({ peak: 5e4, nativePeak: null, contenders: gpu, rows: [] })).toEqual([
    "The GPU's peak is 50000 GFLOP/s in registers.",
  ]);
});
