import { expect, it } from 'vitest';
import { taskDifferences } from '../../src/audio-table/differences.js';
import { testedOn } from './tested-on.js';

const results = [
  // Speakers differ by far more than poolings.
  ...[testedOn('ann', 'max', 0.9), testedOn('ann', 'conv', 0.88)],
  ...[testedOn('bob', 'conv', 0.46), testedOn('bob', 'max', 0.5)],
];
const poolings = ['max', 'conv'];

it('pairs the runs that share their test sounds', () => {
  const spec = { experiment: 'audio' as const, groups: [['digit']], poolings };
  // Differences −2 and −4: deviation √2, and t of one degree is 12.706.
  expect(taskDifferences(results, spec)).toEqual([
    'conv − max: −3.0 ± 12.7 points over 2 pairs of runs, which may be chance.',
  ]);
});

it('names the tasks where there are several groups', () => {
  const groups = [['digit'], ['digit', 'speaker']];
  const [first, ...more] = taskDifferences(results, { experiment: 'audio', groups, poolings });
  expect(first).toMatch(/^digit: conv − max: /);
  expect(more).toEqual([]);
});
