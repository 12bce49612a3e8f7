import { describe, expect, it } from 'vitest';
import { experimentId, parseTableJob } from '../../src/queue/table-job.js';
import { runResult } from '../run-result.js';

const configs = [1, 2].map((seed) => runResult('conv', seed, 0.5).config);
const context = {
  ...{ preset: 'quick', protocol: null, command: "ds-benchmark sweep 'a<b.yaml'" },
  date: '2026-11-26T10:00:00.000Z',
};
const grid = { experiment: 'grid' as const, name: 'λ < 1', axes: ['pooling' as const] };
const job = (spec: object = grid) => {
  const experiment = { spec, configs, context } as Parameters<typeof experimentId>[0];
  return { id: experimentId(experiment), spec, configs, context };
};

describe('parseTableJob', () => {
  it.each<[string, object]>([
    ['audio', { groups: [['digit']], poolings: ['conv'] }],
    ['compare', { poolings: ['conv', 'diffstride'] }],
    ['grid', { name: 'a', axes: ['width', 'schedule.peak'] }],
    [
      'search',
      {
        learner: 'diffstride',
        candidate: 'conv',
        searches: [{ name: 'grid', order: [[1, 2, 3]] }],
      },
    ],
    ['shift', { poolings: ['blur'] }],
    ['table', { table: 'cifar10', strides: [[2, 2, 2]], poolings: ['conv'] }],
    ['tradeoff', {}],
  ])('accepts the table of %s', (experiment, spec) => {
    const one = job({ experiment, ...spec });
    expect(parseTableJob(one, 2)).toEqual(one);
  });

  it.each([
    [
      'an id that leads elsewhere',
      { id: '../../evil' },
      /id must be [0-9a-f]{12}, got "..\/..\/evil"/,
    ],
    ['an absolute id', { id: '/tmp/evil' }, /id must be/],
    ['the id of another experiment', { id: '0123456789ab' }, /id must be/],
    ['no id', { id: undefined }, /id/],
    ['an unknown experiment', { spec: { experiment: '__proto__' } }, /experiment/],
    ['an axis that is not a field', { spec: { ...grid, axes: ['<img>'] } }, /axes/],
    [
      'a pooling that there is not',
      { spec: { experiment: 'compare', poolings: ['<img>'] } },
      /registered pooling/,
    ],
    [
      'markup for a task',
      { spec: { experiment: 'audio', groups: [['<img>']], poolings: ['conv'] } },
      /without < and >/,
    ],
    [
      'a table that there is not',
      { spec: { experiment: 'table', table: '../x', strides: [], poolings: ['conv'] } },
      /table/,
    ],
    ['an invalid date', { context: { ...context, date: '<script>' } }, /date/],
    ['control characters', { context: { ...context, command: '\u001b[2J' } }, /control characters/],
    ['an unknown field', { outputFolder: '/etc' }, /outputFolder/],
    ['no runs', { configs: [] }, /configs/],
    ['a run twice', { configs: [configs[0], configs[0]] }, /each run once/],
    ['an invalid run', { configs: [{ pooling: '../..' }] }, /run configuration/],
    ['nothing', null, /table: /],
  ])('rejects %s', (_, change, message) => {
    const bad = change === null ? null : { ...job(), ...change };
    expect(() => parseTableJob(bad, 2)).toThrow(message);
  });

  it('limits the number of runs', () => {
    expect(() => parseTableJob(job(), 1)).toThrow(/configs/);
  });
});
