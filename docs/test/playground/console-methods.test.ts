import { describe, expect, it } from 'vitest';
import { consoleMethods } from '../../.vitepress/theme/playground/console-methods.js';

/** The console, what it printed, and a clock to set. */
function watched() {
  const lines: string[] = [];
  const clock = { now: 0 };
  const methods = consoleMethods(
    (level, text) => lines.push(`${level} ${text}`),
    () => clock.now,
  );
  return { lines, clock, ...methods };
}

describe('consoleMethods', () => {
  it('indents every line of a group, until it ends', () => {
    const { lines, group, groupCollapsed, groupEnd, log } = watched();
    group('a %s', 'group');
    groupCollapsed();
    log('two\nlines');
    groupEnd();
    log('one');
    groupEnd();
    groupEnd();
    log('none');
    expect(lines).toEqual(['log a group', 'log     two\n    lines', 'log   one', 'log none']);
  });

  it('measures by labels', () => {
    const { lines, clock, time, timeEnd, timeLog } = watched();
    time();
    time('pool');
    clock.now = 1.5;
    timeLog('pool', { rows: 2 });
    clock.now = 20;
    timeEnd('pool');
    timeEnd();
    timeEnd('pool');
    expect(lines).toEqual([
      'log pool: 1.50 ms { rows: 2 }',
      'log pool: 20.00 ms',
      'log default: 20.00 ms',
      "warn There is no timer 'pool'.",
    ]);
  });

  it('prints assertions that fail, and counts', () => {
    const { lines, assert, count, countReset } = watched();
    assert(true, 'fine');
    assert(0);
    assert(false, 'not %d', 1);
    count();
    count();
    countReset();
    count();
    expect(lines).toEqual([
      'error Assertion failed',
      'error Assertion failed: not 1',
      'log default: 1',
      'log default: 2',
      'log default: 1',
    ]);
  });

  it('prints objects, tables and traces as text', () => {
    const { lines, dir, dirxml, table, trace, warn } = watched();
    dir('text');
    dirxml({ a: 1 });
    table([[1, 2]]);
    table('no table');
    trace();
    trace('at', 3);
    warn('careful');
    expect(lines).toEqual([
      "log 'text'",
      'log { a: 1 }',
      'log [ [ 1, 2 ] ]',
      'log no table',
      'log Trace',
      'log Trace: at 3',
      'warn careful',
    ]);
  });
});
