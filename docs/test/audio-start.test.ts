import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { audioStartSection, audioStartTable } from '../scripts/audio-start.mjs';

const read = (file: string) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8'));

interface Row {
  labels: string;
  head: string;
  seed: number;
  loss: number;
  accuracy: number;
  strides: [number, number][];
}

describe('the first steps of the audio network', () => {
  const stored = read('audio-start/stored.json') as { classes: number; rows: Row[] };
  const rowsOf = (head: string, labels: string) =>
    stored.rows.filter((row) => row.head === head && row.labels === labels);
  /** The strides along time of a block, over the seeds. */
  const timesOf = (head: string, labels: string, block: number) =>
    rowsOf(head, labels).map(({ strides }) => strides[block - 1]![0]);
  const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  describe.each(['He-normal', 'zeros'])('from a head of %s', (head) => {
    it.each(['right', 'shuffled'])(
      'move the strides as the text says, with %s labels',
      (labels) => {
        expect(rowsOf(head, labels)).toHaveLength(3);
        for (const time of timesOf(head, labels, 3)) expect(time).toBeLessThan(2);
        for (const time of timesOf(head, labels, 4)) expect(time).toBeGreaterThan(2);
      },
    );

    it.each([3, 4])('move those of block %i as far with shuffled labels', (block) => {
      const moveOf = (labels: string) => Math.abs(mean(timesOf(head, labels, block)) - 2);
      expect(moveOf('shuffled')).toBeGreaterThan(0.75 * moveOf('right'));
    });
  });

  it('begin with a loss far above that of a guess, unless the head is zero', () => {
    const guess = Math.log(stored.classes);
    for (const { loss } of rowsOf('He-normal', 'right')) expect(loss).toBeGreaterThan(1.5 * guess);
    for (const { loss } of rowsOf('zeros', 'right')) expect(loss).toBeCloseTo(guess, 2);
  });
});

it('the table has the strides along time of blocks 3 and 4', () => {
  const strides = [
    [1.5, 9],
    [1.6, 9],
    [1.75, 9],
    [2.5, 9],
  ];
  const row = { labels: 'right', head: 'zeros', seed: 3, loss: 2.3, accuracy: 16.25, strides };
  expect(audioStartTable([row]).split('\n').at(-1)).toBe(
    '| right | zeros | 3 | 2.3 | 16 | 1.75 | 2.50 |',
  );
});

it('the text has the range of the stride in which the stored runs ended', () => {
  const run = (pooling: string, time: number) => ({ pooling, final: { 'block4.pool': [time, 2] } });
  const row = (pooling: string, macs: number) => ({ learned: 'digit', pooling, macs });
  const text = audioStartSection(
    { date: '2026-11-27', steps: 40, classes: 10, rows: [] },
    {
      strides: [run('max', 9), run('diffstride', 5.78), run('diffstride', 2.48)],
      rows: [row('diffstride', 7_224_192), row('spectral', 3_952_064)],
    },
  );
  expect(text).toContain('along time ended at 2.5 to 5.8.');
  expect(text).toContain('takes 7.22\u00a0M multiply-adds, spectral pooling 3.95\u00a0M.');
});
