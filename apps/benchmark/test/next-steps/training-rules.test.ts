import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/config/run-config.js';
import { overtrained, shortOfTraining, stillRising } from '../../src/next-steps/training-rules.js';
import type { RunResult } from '../../src/run/run-result.js';
import { runResult } from '../run-result.js';
import { soundResult } from '../sound-result.js';

/** A run with these test scores, a training accuracy, and a test on a thousand examples. */
function run(
  scores: number[],
  training = 0.5,
  change: Partial<RunConfig> = {},
  base: RunResult = runResult('conv', 1, 0),
): RunResult {
  const [epoch] = base.epochs as [RunResult['epochs'][0]];
  return {
    ...base,
    config: { ...base.config, ...change },
    images: { ...base.images, test: 1000 },
    accuracy: scores.at(-1)!,
    epochs: scores.map((accuracy, i) => ({
      ...epoch,
      epoch: i,
      accuracy: training,
      evaluation: { ...epoch.evaluation!, accuracy },
    })),
  };
}

describe('shortOfTraining', () => {
  it('advises data, and the augmentation that was not used', () => {
    const step = shortOfTraining(run([0.6, 0.6, 0.6], 0.9, { flip: false }));
    expect(step!.seen).toContain(
      '60.0 % is far below the training accuracy of the last epoch (90.0 %)',
    );
    expect(step!.advice).toBe(
      'Add training images, or vary them: flip: true, padding: 2, mixup: 0.2 in the file of --config.',
    );
    const mnist = run([0.6, 0.6, 0.6], 0.9, { flip: false, dataset: 'mnist', padding: 2 });
    expect(shortOfTraining(mnist)!.advice).toContain('vary them: mixup: 0.2 in');
  });

  it('advises specAugment for sounds that lack it', () => {
    const sound = run([0.6, 0.6, 0.6], 0.9, {}, soundResult('conv', 1, 0));
    expect(shortOfTraining(sound)!.advice).toBe(
      'Add training sounds, or mask parts of them: specAugment in the file of --config.',
    );
  });

  it.each([
    ['a small gap', run([0.6, 0.6, 0.6], 0.65)],
    [
      'a gap that a small test cannot show',
      {
        ...run([0.6, 0.6, 0.6], 0.75),
        images: { train: 9, test: 10, available: { train: 9, test: 10 } },
      },
    ],
    ['the first epochs', run([0.1, 0.2], 0.9)],
    ['mixed images', run([0.6, 0.6, 0.6], 0.9, { mixup: 0.2 })],
  ])('is silent on %s', (_, result) => {
    expect(shortOfTraining(result)).toBeNull();
  });
});

describe('overtrained', () => {
  it('names the epoch of the best test', () => {
    expect(overtrained(run([0.5, 0.8, 0.7]))).toEqual({
      seen: 'The test accuracy was highest after epoch 2 (80.0 %), and ended at 70.0 %.',
      advice: 'Try fewer epochs (--epochs 2), or a stronger weightDecay.',
    });
  });

  it.each([
    ['a fall within noise', run([0.5, 0.72, 0.71])],
    ['a best last epoch', run([0.5, 0.6, 0.7])],
    ['a perfect test', run([1, 1])],
    ['no epoch', { ...run([0.5]), epochs: [] }],
  ])('is silent on %s', (_, result) => {
    expect(overtrained(result)).toBeNull();
  });
});

describe('stillRising', () => {
  it('advises twice the epochs', () => {
    expect(stillRising(run([0.2, 0.4, 0.5, 0.6, 0.65, 0.7]))).toEqual({
      seen: 'The test accuracy still rose in the last 2 epochs (60.0 % → 70.0 %).',
      advice: 'Train longer (--epochs 12).',
    });
  });

  it.each([
    ['a plateau', run([0.2, 0.7, 0.7, 0.7])],
    ['a rise within noise', run([0.2, 0.4, 0.69, 0.705])],
    ['a fall', run([0.2, 0.4, 0.7, 0.5])],
    ['two epochs', run([0.2, 0.7])],
  ])('is silent on %s', (_, result) => {
    expect(stillRising(result)).toBeNull();
  });
});
