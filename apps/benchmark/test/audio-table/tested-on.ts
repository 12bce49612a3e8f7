import type { RunResult } from '../../src/run/run-result.js';
import { soundResult } from '../sound-result.js';

/** The result of a network of the task digit that was tested on one speaker. */
export function testedOn(speaker: string, pooling: string, accuracy: number, seed = 1): RunResult {
  const result = soundResult(pooling, seed, accuracy);
  const sounds = {
    ...result.config.sounds!,
    layout: 'pattern' as const,
    pattern: '{digit}_{speaker}_{index}.wav',
    tasks: ['digit'],
    test: { speaker: [speaker] },
  };
  return {
    ...result,
    config: { ...result.config, sounds },
    sound: { ...result.sound!, split: `speaker ${speaker} tests, the rest trains` },
    taskAccuracies: { digit: accuracy },
  };
}
