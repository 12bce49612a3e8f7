import { describe, expect, it } from 'vitest';
import type { SpeedCase } from '../../src/speed/cases.js';
import type { Contender } from '../../src/speed/contender.js';
import { measure } from '../../src/speed/measure.js';
import { formatRatio, isTiming, speedTable } from '../../src/speed/speed-table.js';

const speedCase: SpeedCase = {
  name: 'a case',
  group: 'a group',
  flops: 2e6,
  kind: 'blur',
  shape: [1, 4, 4, 1],
  stride: 2,
};

/** Takes the given times, in turn, and reports when it runs. */
function pretender(name: string, times: number[], log: string[] = []): Contender {
  let at = 0;
  return {
    name,
    version: '1',
    peak: null,
    prepare: async () => (times.length === 0 ? 'no such op' : null),
    time: async () => {
      log.push(name);
      return times[at++ % times.length]!;
    },
    close: async () => {},
  };
}

describe('measure', () => {
  it('takes turns, and compares try by try', async () => {
    const log: string[] = [];
    // The machine slows down: ratios of pairs do not.
    const [a, b] = [pretender('a', [1, 2, 4], log), pretender('b', [3, 6, 12], log)];
    const row = await measure(speedCase, [a, b], { repeats: 3, patience: 1e6 });
    expect(log).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
    const timing = row.timings.b!;
    expect(isTiming(timing) && timing.ratio).toBe(3);
    expect(isTiming(timing) && timing.median).toBe(6);
    expect(isTiming(row.timings.a) && row.timings.a.gflops).toBe(1);
  });

  it('is content with three tries of what takes long', async () => {
    const log: string[] = [];
    await measure(speedCase, [pretender('a', [500], log)], { repeats: 50, patience: 1000 });
    expect(log).toHaveLength(3);
  });

  it('continues without contenders that fail, and gives the reason', async () => {
    const row = await measure(speedCase, [pretender('a', [1]), pretender('b', [])], {
      repeats: 2,
      patience: 1e6,
    });
    expect(row.timings.b).toEqual({ cannot: 'no such op' });
    expect(formatRatio(row.timings.b)).toBe('cannot');
    const table = speedTable([row], ['a', 'b'], 10);
    expect(table).toMatch(/a case .* 1\.00 ms .* 2\.0 \(20 %\) .* cannot/);
  });
});
