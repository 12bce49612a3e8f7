import Table from 'cli-table3';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { columnsOf, fitted } from '../../src/text/terminal-width.js';

afterEach(() => vi.unstubAllEnvs());

/** A table for the terminal, as all commands make them. */
function tableOf(head: string[], rows: string[][]): string {
  const table = new Table({ head, style: { head: [], border: [] } });
  table.push(...rows);
  return table.toString();
}

const table = tableOf(
  ['pooling', 'test accuracy', 'initial → final strides'],
  [
    ['conv', '47.9 % ± 0.2', '(3, 1, 3)\n(3, 1, 3)'],
    ['diffstride', '', '(3, 1, 3) → (2.9×2.5, 1, 3.4×3.3)'],
  ],
);

describe('fitted', () => {
  it('leaves what fits, and everything where there is no limit', () => {
    const text = `before\n${table}\nafter`;
    expect(fitted(text, 200)).toBe(text);
    expect(fitted(text, Number.POSITIVE_INFINITY)).toBe(text);
  });

  it('takes the frame from a table that is a little too wide', () => {
    expect(fitted(`before\n${table}`, 62).split('\n')).toEqual([
      'before',
      'pooling     test accuracy  initial → final strides',
      '─'.repeat(60),
      'conv        47.9 % ± 0.2   (3, 1, 3)',
      '                           (3, 1, 3)',
      'diffstride                 (3, 1, 3) → (2.9×2.5, 1, 3.4×3.3)',
    ]);
  });

  it('makes a list of a table that is too wide', () => {
    expect(fitted(`before\n${table}\nafter`, 50).split('\n')).toEqual([
      'before',
      'pooling: conv',
      '  test accuracy: 47.9 % ± 0.2',
      '  initial → final strides: (3, 1, 3)',
      '    (3, 1, 3)',
      'pooling: diffstride',
      '  initial → final strides: (3, 1, 3) → (2.9×2.5,',
      '  1, 3.4×3.3)',
      'after',
    ]);
  });

  it.each([20, 40, 60, 80])('fits into %i columns', (columns) => {
    const text = `${table}\nA sentence of several words, of which none is very long.`;
    for (const line of fitted(text, columns).split('\n')) {
      expect(line.length).toBeLessThanOrEqual(columns);
    }
  });

  it('never breaks a word', () => {
    const address = 'file:///a/long/folder/of/somebody/report.html';
    expect(fitted(`Report: ${address}`, 30)).toBe(`Report:\n${address}`);
  });

  it('keeps how far in a line is', () => {
    expect(fitted('    one two three four five', 20)).toBe('    one two three\n    four five');
  });
});

describe('columnsOf', () => {
  it('is the terminal’s, then that of COLUMNS, else none', () => {
    vi.stubEnv('COLUMNS', '72');
    expect(columnsOf({ columns: 100 })).toBe(100);
    expect(columnsOf({})).toBe(72);
    vi.stubEnv('COLUMNS', '');
    expect(columnsOf({})).toBe(Number.POSITIVE_INFINITY);
  });
});
