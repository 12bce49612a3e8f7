// The section "Why DiffStride is last on sounds" of the page on what could be reproduced.

import { markdownTable } from './markdown-table.mjs';
import { intervalText } from './paired-interval.mjs';

/**
 * The section, from three stored results: trials of the strides' rate on held-out recordings of
 * known speakers, on speakers in turn, and runs tested on two speakers that no trial used.
 *
 * @param {{ rows: object[] }} known
 * @param {{ rows: object[] }} trials
 * @param {{ rows: object[] }} unseen
 */
export function audioTrialsSection(known, trials, unseen) {
  const variants = [
    ['strided convolutions', 'conv'],
    ['max pooling', 'max'],
    ['spectral pooling', 'spectral'],
    ['DiffStride', 'diffstride', 1],
    ['DiffStride, a tenth of the rate', 'diffstride', 0.1],
    ['DiffStride, strides stay at 2', 'diffstride', 0],
  ];
  const table = markdownTable(
    [
      'pooling',
      'known speakers, held-out recordings (%)',
      'four unseen speakers in turn (%)',
      'two more unseen speakers (%)',
    ],
    variants.map(([name, pooling, rate]) => [
      name,
      ...[known, trials, unseen].map(({ rows }) => cellOf(rows, pooling, rate)),
    ]),
  );
  return ['## Why DiffStride is last on sounds', table, conclusion(known, trials, unseen)].join(
    '\n\n',
  );
}

/** Mean accuracy and deviation of a pooling at a rate of the strides. */
function cellOf(rows, pooling, rate) {
  const row = rowOf(rows, pooling, rate);
  return row ? `${row.accuracy.toFixed(1)} ± ${row.deviation.toFixed(1)}` : '–';
}

function rowOf(rows, pooling, rate) {
  return rows.find(
    (row) =>
      row.pooling === pooling &&
      // A result with one rate has no column for it.
      (rate === undefined || (row.strideRate ?? 1) === rate),
  );
}

/**
 * The differences of two variants, in points: pairs of runs with the same seed and split.
 *
 * @param {[pooling: string, rate?: number]} variant
 * @param {[pooling: string, rate?: number]} against
 */
function differences({ runs }, variant, against) {
  const own = runs.filter((run) => isOf(run, variant));
  return own.map((run) => {
    const partner = runs.find((other) => isOf(other, against) && keyOf(other) === keyOf(run));
    return 100 * (run.score - partner.score);
  });
}

const isOf = ({ config }, [pooling, rate]) =>
  config.pooling === pooling && (rate === undefined || config.strideLearningRateScale === rate);
const keyOf = ({ config }) => JSON.stringify([config.seed, config.sounds]);

/** What the trials say. A test checks that the stored numbers do. */
function conclusion(known, trials, unseen) {
  const against = (result, variant, other) =>
    `${intervalText(differences(result, variant, other))} points`;
  const learned = ['diffstride', 1];
  const still = ['diffstride', 0];
  const last = rowOf(unseen.rows, 'diffstride');
  return [
    'Differences below are paired over seeds and speakers, with 95 % intervals.',
    `On known speakers, DiffStride − spectral is ${against(known, learned, ['spectral'])}, and ` +
      `${against(known, still, ['spectral'])} with strides that stay at 2. All poolings are near ` +
      '100 % there and the seeds are few, so the task shows neither which pooling is better, nor why ' +
      'DiffStride comes last.',
    'Speakers that the network never heard are a harder task. With four of them in turn, ' +
      `DiffStride − spectral is ${against(trials, learned, ['spectral'])} and DiffStride − strided ` +
      `${against(trials, learned, ['conv'])}. With the same mask and strides that stay at 2, the ` +
      `difference from learned strides is ${against(trials, still, learned)}. So neither the ` +
      'mask nor the move of the strides is shown to be the reason. Max pooling, which the paper does ' +
      'not compare, leads. A lower rate of the strides does not help, so nothing was changed after ' +
      'these trials.',
    'On the last two speakers, which were looked at once, DiffStride − spectral is ' +
      `${against(unseen, ['diffstride'], ['spectral'])}. Its three seeds deviate by ` +
      `${last.deviation.toFixed(1)} points. Six speakers are too few to rank these poolings, ` +
      'and the paper’s lead on sounds is not reproduced.',
  ].join('\n\n');
}
