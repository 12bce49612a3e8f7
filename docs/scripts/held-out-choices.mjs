// The section "How choices were made" of the page on what could be reproduced.
import { markdownTable } from './markdown-table.mjs';
import { million, POOLINGS } from './medium-table.mjs';

/** The section, from trials of the medium and the quick preset on held-out training images. */
export function choicesSection(mediumTrials, quickTrials) {
  return [
    '## How choices were made',
    'The rate, the weight decay and the crop of the medium preset are those of the published ' +
      'recipe. Two of its settings were chosen on 5,000 held-out training images, never on the ' +
      'test set, from (3, 2, 3) after five epochs with one seed: the smoothness R and the rate of ' +
      'the strides.',
    mediumTrialsTable(mediumTrials),
    'A difference of two such accuracies is below the noise of the test if it is at most 1.7 ' +
      'points. R = 1 was chosen for its cost, and the rate × 1 since the published code has it.',
    'The learning rate of the quick preset and the rate of its strides were chosen in the same way, ' +
      'from (3, 2, 3) after three epochs with three seeds.',
    quickTrialsTable(quickTrials),
    quickVerdict(quickTrials),
  ].join('\n\n');
}

/** The trials of the medium preset's smoothness and rate of the strides. */
function mediumTrialsTable(trials) {
  return markdownTable(
    ['pooling', 'R', 'rate of the strides', 'λ', 'accuracy, held-out (%)', 'multiply-adds'],
    trials.map(({ pooling, smoothness, strideRate, lambda, accuracy, macs }) => [
      pooling,
      smoothness ?? '–',
      strideRate === null ? '–' : `× ${strideRate}`,
      lambda,
      accuracy.toFixed(1),
      million(macs),
    ]),
  );
}

/** The trials of the quick preset's rates. */
function quickTrialsTable(trials) {
  return markdownTable(
    ['pooling', 'peak rate', 'rate of the strides', 'accuracy, held-out (%)', 'multiply-adds'],
    trials.map((row) => [
      row.pooling,
      row['schedule.peak'],
      row.pooling === 'diffstride' ? `× ${row.strideLearningRateScale}` : '–',
      `${row.accuracy.toFixed(1)} ± ${row.deviation.toFixed(1)}`,
      million(row.macs),
    ]),
  );
}

/**
 * The rates that the trials prefer: the peak by the mean over the poolings, then the strides' rate.
 */
export function quickVerdict(trials) {
  const best = (pooling, peak) =>
    trials
      .filter((row) => row.pooling === pooling && row['schedule.peak'] === peak)
      .toSorted((a, b) => b.accuracy - a.accuracy)[0];
  const meanAt = (peak) =>
    POOLINGS.reduce((sum, pooling) => sum + best(pooling, peak).accuracy / POOLINGS.length, 0);
  const peaks = [...new Set(trials.map((row) => row['schedule.peak']))];
  const [first, second] = peaks.toSorted((a, b) => meanAt(b) - meanAt(a));
  const { strideLearningRateScale } = best('diffstride', first);
  return (
    `A peak of ${first} has the higher mean of the three poolings, ${meanAt(first).toFixed(1)} against ` +
    `${meanAt(second).toFixed(1)} % at ${second}, and with it DiffStride prefers the rate × ` +
    `${strideLearningRateScale}. So the preset has both. Three seeds are too few to rank the ` +
    'rates of the strides.'
  );
}
