import { makeConfig } from '../../src/make-config.js';
import type { RunResult } from '../../src/run-result.js';
import { soundResult } from '../sound-result.js';

/** The result of a network of the task digit that was tested on one speaker. */
export function testedOn(speaker: string, pooling: string, accuracy: number, seed = 1): RunResult {
  const result = soundResult(pooling, seed, accuracy);
  return {
    ...result,
    config: makeConfig({
      preset: 'smoke',
      dataset: 'sounds',
      sounds: {
        layout: 'pattern',
        pattern: '{digit}_{speaker}_{index}.wav',
        tasks: ['digit'],
        test: { speaker: [speaker] },
        sampleRate: 8000,
        seconds: 1,
        bands: 16,
      },
      pooling,
      seed,
    }),
    sound: { ...result.sound!, split: `speaker ${speaker} tests, the rest trains` },
    taskAccuracies: { digit: accuracy },
  };
}
