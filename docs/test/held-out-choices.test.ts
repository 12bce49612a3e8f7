import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { PRESETS } from '../../apps/benchmark/src/config/presets.js';
import { quickVerdict } from '../scripts/held-out-choices.mjs';

it('the quick preset has the rates that its trials prefer', () => {
  const row = (pooling: string, peak: string, scale: string, accuracy: number) => ({
    ...{ pooling, accuracy, strideLearningRateScale: scale },
    'schedule.peak': peak,
  });
  const text = quickVerdict([
    row('conv', '1', '1', 50),
    row('conv', '2', '1', 49),
    row('spectral', '1', '1', 50),
    row('spectral', '2', '1', 49),
    row('diffstride', '1', '1', 40),
    row('diffstride', '1', '5', 41),
    row('diffstride', '2', '1', 42),
  ]);
  expect(text).toContain(
    'A peak of 1 has the higher mean of the three poolings, 47.0 against 46.7 %',
  );
  expect(text).toContain('DiffStride prefers the rate × 5.');
  const file = fileURLToPath(new URL('../results/72-quick-rates.json', import.meta.url));
  const { rows } = JSON.parse(readFileSync(file, 'utf8'));
  const { schedule, strideLearningRateScale } = PRESETS.quick!.run;
  const peak = schedule.name === 'cosine' ? schedule.peak : null;
  expect(quickVerdict(rows)).toContain(`A peak of ${peak} has the higher mean`);
  expect(quickVerdict(rows)).toContain(`prefers the rate × ${strideLearningRateScale}.`);
});
