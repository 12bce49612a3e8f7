import { describe, expect, it } from 'vitest';
import type { Contender } from '../../src/speed/contender.js';
import { measureSpeedup, speedupSentence } from '../../src/speed/speedup.js';

/** Takes the given times, in turn, and reports when it runs. */
function pretender(name: string, times: number[], log: string[] = []): Contender {
  let at = 0;
  return {
    name,
    version: '1',
    peak: null,
    prepare: async () => null,
    time: async () => {
      log.push(name);
      return times[at++ % times.length]!;
    },
    close: async () => {},
  };
}

const options = { name: 'a step', replicas: 2, most: 30, patience: 1e6 };

describe('measureSpeedup', () => {
  it('ends as soon as the interval is on one side of the aim', async () => {
    const fast = await measureSpeedup(pretender('1', [100]), pretender('2', [52, 54]), options);
    // Eight pairs are the fewest for 99 %.
    expect(fast).toMatchObject({ aim: 1.8, tries: 8, verdict: 'reached' });
    const slow = await measureSpeedup(pretender('1', [100]), pretender('2', [60, 70]), options);
    expect(slow).toMatchObject({ tries: 8, verdict: 'missed' });
  });

  it('continues while the interval contains the aim, and reports that it stays open', async () => {
    const open = await measureSpeedup(pretender('1', [100]), pretender('2', [50, 60]), options);
    expect(open).toMatchObject({ tries: 30, verdict: 'open' });
    expect(open!.low).toBeLessThan(1.8);
    expect(open!.high).toBeGreaterThan(1.8);
  });

  it('decides later when outliers widen the interval at first', async () => {
    const times = [52, 70, 52, 52, 52, 52, 52, 52, 52, 52, 52, 52];
    const found = await measureSpeedup(pretender('1', [100]), pretender('2', times), options);
    expect(found!.verdict).toBe('reached');
    expect(found!.tries).toBeGreaterThan(8);
  });

  it('lets each go first in turn', async () => {
    const log: string[] = [];
    const pair = [pretender('1', [100], log), pretender('2', [55], log)] as const;
    await measureSpeedup(...pair, { ...options, most: 3 });
    expect(log).toEqual(['1', '2', '2', '1', '1', '2']);
  });

  it('claims nothing when time is over before there is an interval', async () => {
    const pair = [pretender('1', [1000]), pretender('2', [500])] as const;
    expect(await measureSpeedup(...pair, { ...options, patience: 4000 })).toBeNull();
  });
});

it('a sentence names the step, the interval and the verdict', () => {
  const found = { name: 'conv, width 16', replicas: 2, aim: 1.8, tries: 12 };
  const sentence = (verdict: 'reached' | 'missed' | 'open') =>
    speedupSentence({ ...found, median: 1.8612, low: 1.81, high: 1.9, verdict });
  expect(sentence('reached')).toBe(
    'conv, width 16: 2 replicas are ×1.86 as fast as one (99 % interval 1.81–1.90, 12 pairs). ' +
      'The aim of ×1.8 is reached.',
  );
  expect(sentence('missed')).toContain('The aim of ×1.8 is missed.');
  expect(sentence('open')).toContain('contains the aim of ×1.8, so this stays open.');
});
