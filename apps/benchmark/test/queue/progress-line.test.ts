import { expect, it } from 'vitest';
import { runId } from '../../src/config/run-config.js';
import { progressLine } from '../../src/queue/progress-line.js';
import type { RunProgress } from '../../src/run/run-result.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';

it.each([
  [runResult('conv', 1, 0).config, 'images'],
  [soundResult('conv', 1, 0).config, 'sounds'],
])('says how far a run is, and how fast', (config, things) => {
  const progress = { step: 2, totalSteps: 10, imagesPerSecond: 119.6 } as RunProgress;
  expect(progressLine(config, progress)).toBe(`${runId(config)}: step 3/10, 120 ${things}/s`);
});
