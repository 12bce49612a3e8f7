import { expect, it } from 'vitest';
import type { RunResult } from '../../src/run/run-result.js';
import { isWholeResult } from '../../src/run-folder/whole-result.js';

const whole = {
  config: { pooling: 'conv' },
  stopped: false,
  shift: { consistency: 1 },
  accuracy: 0.5,
  initial: { strides: {} },
  images: { test: 8 },
  epochs: [{ evaluation: { loss: 1, count: 8 } }, { evaluation: null }],
};

const isWhole = (more: object) => isWholeResult({ ...whole, ...more } as unknown as RunResult);

it('is that of a run that ended by itself', () => {
  expect(isWhole({})).toBe(true);
  expect(isWhole({ accuracy: 0.5, meanAveragePrecision: 1 })).toBe(true);
});

it.each([
  ['stopped', { stopped: true }],
  ['without shifts', { shift: null }],
  ['of a part of the test', { epochs: [{ evaluation: { loss: 1, count: 7 } }] }],
  ['with a loss that was not finite', { epochs: [{ evaluation: { loss: null, count: 8 } }] }],
  ['without an accuracy', { accuracy: null }],
  ['with an accuracy above 1', { accuracy: 5 }],
  ['without a configuration', { config: undefined }],
  ['without its first strides', { initial: {} }],
])('is not one that is %s', (_what, more) => {
  expect(isWhole(more)).toBe(false);
});
