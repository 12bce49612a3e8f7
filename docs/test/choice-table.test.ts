import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import {
  choiceTable,
  frozenTimes,
  PAGES,
  withChoiceTable,
  withFrozenTimes,
} from '../scripts/choice-table.mjs';

const rows = [
  { pooling: 'conv', border: 'zero', accuracy: 50, shiftConsistency: 60.04, macs: 1e7 },
  { pooling: 'blur', border: 'zero', accuracy: 55, shiftConsistency: 70, macs: 12345678 },
  { pooling: 'blur', border: 'circular', accuracy: 54, shiftConsistency: 90, macs: 1e7 },
  { pooling: 'aps', border: 'zero', accuracy: 40, shiftConsistency: 65, macs: 1e7 },
];
const latency = {
  rows: [
    { pooling: 'conv', isFrozen: false, side: 32, milliseconds: 4.25 },
    { pooling: 'blur', isFrozen: false, side: 32, milliseconds: 12.4 },
    { pooling: 'blur', isFrozen: true, side: 32, milliseconds: 9.96 },
    { pooling: 'conv', isFrozen: false, side: 64, milliseconds: 8 },
    { pooling: 'blur', isFrozen: false, side: 64, milliseconds: 20 },
    { pooling: 'blur', isFrozen: true, side: 64, milliseconds: 18 },
  ],
};

describe('the table "Which pooling should I use?"', () => {
  it.each(PAGES)(
    'is current in $page; if not, run node docs/scripts/store-choice.mjs',
    ({ page, poolings }) => {
      const text = readFileSync(fileURLToPath(new URL(`../../${page}`, import.meta.url)), 'utf8');
      expect(text).toBe(withChoiceTable(text, choiceTable(poolings)));
    },
  );

  it('has the most accurate pooling first, and what was not measured as a dash', () => {
    expect(choiceTable(null, { rows }, latency).split('\n').slice(2)).toEqual([
      '| `blur` | 55.0 | 70.0 | 90.0 | 12.3 M | 12 | 20 | 10.0, 18 |',
      '| `conv` | 50.0 | 60.0 | – | 10.0 M | 4.3 | 8.0 | is stock |',
      '| `aps` | 40.0 | 65.0 | – | 10.0 M | – | – | no |',
    ]);
  });

  it('has some poolings only, where a page asks for them', () => {
    const lines = choiceTable(['conv', 'aps'], { rows }, latency).split('\n');
    expect(lines.slice(2).map((line) => line.split(' | ')[0])).toEqual(['| `conv`', '| `aps`']);
  });

  it('needs its marks in a page', () => {
    expect(() => withChoiceTable('# A page', '')).toThrow('the page has no <!-- choice -->');
  });
});

describe('the times of frozen models', () => {
  it('are current in the guide; if not, run node docs/scripts/store-choice.mjs', () => {
    const file = fileURLToPath(new URL('../guide/freezing.md', import.meta.url));
    const text = readFileSync(file, 'utf8');
    expect(text).toBe(withFrozenTimes(text));
  });

  it('have the spans of both kinds of poolings, and the noise', () => {
    const both = (pooling: string, milliseconds: [number, number]) =>
      milliseconds.map((time, at) => ({
        pooling,
        isFrozen: at === 1,
        side: 32,
        milliseconds: time,
      }));
    const timed = {
      rows: [both('conv', [10, 9]), both('dct', [10, 5]), both('max', [10, 13])].flat(),
    };
    expect(frozenTimes(timed)).toMatch(/0\.50 to 0\.50 .* 1\.30 to 1\.30 .* up to 10 %/);
  });
});
