import { describe, expect, it } from 'vitest';
import { shortageOf } from '../../src/data/shortage.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';

describe('shortageOf', () => {
  it('names each side that had fewer than were asked for', () => {
    const result = runResult('conv', 1, 0.5);
    const images = { ...result.images, train: 120, test: 2000 };
    expect(shortageOf({ ...result, images })).toBe(
      'CIFAR-10 has no more: it took all 120 training images, where up to 10,000 were asked for.',
    );
    const sounds = soundResult('conv', 1, 0.5);
    expect(shortageOf(sounds)).toMatch(/training sounds.*, and all 10 test sounds/);
  });

  it('is silent where there were enough, or all were asked for', () => {
    const result = runResult('conv', 1, 0.5);
    expect(shortageOf({ ...result, images: { ...result.images, train: 10_000, test: 2000 } })).toBe(
      null,
    );
    const config = { ...result.config, trainImages: 'all', testImages: 'all' } as const;
    expect(shortageOf({ ...result, config })).toBe(null);
  });
});
