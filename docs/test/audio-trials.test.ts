import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { audioTrialsSection } from '../scripts/audio-trials.mjs';

interface Row {
  pooling: string;
  accuracy: number;
  deviation: number;
  strideRate?: number | null;
}
const read = (name: string): { rows: Row[]; runs: object[] } =>
  JSON.parse(
    readFileSync(fileURLToPath(new URL(`../results/${name}.json`, import.meta.url)), 'utf8'),
  );
const known = read('44-audio-known-trials');
const trials = read('45-audio-unseen-trials');
const unseen = read('46-audio-unseen');
const accuracy = ({ rows }: { rows: Row[] }, pooling: string, rate?: number) =>
  rows.find((row) => row.pooling === pooling && (rate === undefined || row.strideRate === rate))!
    .accuracy;

it('the stored trials are as the text says', () => {
  const behind = (rate: number) =>
    accuracy(known, 'spectral') - accuracy(known, 'diffstride', rate);
  expect(behind(1)).toBeGreaterThan(1);
  expect(behind(0)).toBeGreaterThan(1);
  for (const row of known.rows) expect(row.accuracy).toBeGreaterThan(96);
  const learned = accuracy(trials, 'diffstride', 1);
  expect(learned).toBeGreaterThan(accuracy(trials, 'spectral'));
  expect(accuracy(trials, 'spectral')).toBeGreaterThan(accuracy(trials, 'conv'));
  expect(accuracy(trials, 'max')).toBeGreaterThan(accuracy(trials, 'diffstride', 0));
  expect(accuracy(trials, 'diffstride', 0.1)).toBeLessThan(learned);
  expect(accuracy(trials, 'diffstride', 0)).toBeGreaterThan(learned);
  const last = unseen.rows.find(({ pooling }) => pooling === 'diffstride')!;
  for (const row of unseen.rows) expect(row.accuracy).toBeGreaterThanOrEqual(last.accuracy);
  expect(last.deviation).toBeGreaterThan(accuracy(unseen, 'spectral') - last.accuracy);
});

it('the table has a row for each pooling and rate, and a dash where nothing was measured', () => {
  const row = (pooling: string, value: number, strideRate?: number) => ({
    ...{ pooling, strideRate, accuracy: value, deviation: 1 },
  });
  const run = (pooling: string, seed: number, score: number, strideLearningRateScale = 1) => ({
    config: { pooling, seed, strideLearningRateScale, sounds: {} },
    score,
  });
  const of = (rows: ReturnType<typeof row>[]) => ({
    rows,
    // The seeds differ by 0.9 points in spectral pooling, and by 0.1 in the others.
    runs: rows.flatMap(({ pooling, accuracy: value, strideRate }) =>
      [1, 2].map((seed) =>
        run(
          pooling,
          seed,
          value / 100 + (pooling === 'spectral' ? 0.009 : 0.001) * seed,
          strideRate,
        ),
      ),
    ),
  });
  const rows = ['conv', 'max', 'spectral'].map((pooling) => row(pooling, 50));
  const rates = [1, 0.1, 0].map((rate) => row('diffstride', 40 + rate, rate));
  const section = audioTrialsSection(
    of([row('spectral', 99), ...rates]),
    of([...rows, ...rates]),
    of([...rows, row('diffstride', 30)]),
  );
  expect(section).toContain('| strided convolutions | – | 50.0 ± 1.0 | 50.0 ± 1.0 |');
  expect(section).toContain('| DiffStride | 41.0 ± 1.0 | 41.0 ± 1.0 | 30.0 ± 1.0 |');
  expect(section).toContain('| DiffStride, strides stay at 2 | 40.0 ± 1.0 | 40.0 ± 1.0 | – |');
  // −58 − 0.8·seed, with t = 12.706.
  expect(section).toContain('On known speakers, DiffStride − spectral is −59.2 ± 5.1 points');
  expect(section).toContain(
    'which were looked at once, DiffStride − spectral is −21.2 ± 5.1 points.',
  );
});
