// Compares the claims of the papers with the stored results of this project.
import {
  accuracyText,
  deviation,
  inBrackets,
  LAMBDA,
  million,
  overStarts,
  POOLINGS,
  seedsInWords,
  spreadSentence,
} from './medium-table.mjs';
import { intervalText, pairedInterval } from './paired-interval.mjs';
import { CURVE_START, curveText } from './penalty-curve.mjs';

/** The difference of two accuracies on as many test images that chance alone makes, in points. */
const NOISE = { 2000: 3.1, 5000: 2, 10000: 1.4 };

/**
 * The claims, a row each: the claim, the paper's numbers, those of this project, and the reasons
 * and limits.
 *
 * @param results `starts`, `curve` and `rounded` are of the medium runs. The others are the rows of
 * stored quick runs: `table` those of the paper's table.
 */
export function claims({ starts, curve, rounded, table, tradeoff, search, sounds, shift }) {
  return [
    poorStartClaim(starts, table),
    penaltyClaim(tradeoff, table, curve),
    initialStridesClaim(starts, table),
    searchClaim(search),
    soundsClaim(sounds),
    circularShiftsClaim(shift),
    integerStridesClaim(rounded),
    FULL_SIZE_CLAIM,
    IMAGENET_CLAIM,
  ];
}

function poorStartClaim(starts, table) {
  const poor = starts.find(({ strides }) => strides === '3 2 3').cells;
  const fewest = Math.min(...poor.map(({ runs }) => runs));
  const quick = ofPoolings((pooling) =>
    table.find((row) => row.strides === '3 2 3' && row.pooling === pooling).accuracy.toFixed(1),
  );
  return [
    'From the strides (3, 2, 3), DiffStride is more accurate than spectral pooling and strided convolutions (strided / spectral / DiffStride, %).',
    '82.0 / 89.2 / 92.3',
    `${poor.map(accuracyText).join(' / ')} (medium, λ ${LAMBDA}, ${count(fewest, 'seed')}); ${quick} (quick, two seeds)`,
    leadText(poor),
  ];
}

/**
 * What the cells of the start that is worst for fixed poolings say, those of DiffStride last. The
 * lead is paired over the seeds that both have.
 */
export function leadText([conv, spectral, learned]) {
  const isOrder = learned.accuracy > spectral.accuracy && spectral.accuracy > conv.accuracy;
  const cost = `DiffStride costs ${ratio(learned.macs, spectral.macs)} times the multiply-adds of spectral pooling`;
  if (!isOrder) return `The order does not show. ${cost}.`;
  const pairs = Object.keys(learned.bySeed).filter((seed) => seed in spectral.bySeed);
  if (pairs.length < 2) return `The order shows, with one seed. ${cost}.`;
  const differences = pairs.map((seed) => learned.bySeed[seed] - spectral.bySeed[seed]);
  const chance = pairedInterval(differences).isClear ? '' : ', which may be chance';
  return (
    `The order shows: DiffStride − spectral is ${intervalText(differences)} points over ` +
    `${pairs.length} seeds (95 %)${chance}. ${cost}.`
  );
}

function penaltyClaim(tradeoff, table, medium) {
  const quick = tradeoff
    .filter(({ pooling, rounded }) => pooling === 'diffstride' && !rounded)
    .toSorted((a, b) => a.lambda - b.lambda)
    .map(
      ({ lambda, accuracy, macs }) => `λ ${lambda}: ${accuracy.toFixed(1)} % at ${million(macs)}`,
    );
  return [
    'The penalty λ·J trades accuracy for work.',
    'A curve over λ from 0.1 to 10',
    `${curveText(medium)} (medium, from ${inBrackets(CURVE_START)}); ${quick.join('; ')} (quick, one seed, from (2, 2, 2))`,
    frontier('In the quick runs', [
      ...tradeoff,
      ...table.filter(({ pooling }) => pooling === 'spectral'),
    ]),
  ];
}

/**
 * What the picture of accuracy against multiply-adds says: which fixed network no learned one
 * beats.
 */
function frontier(where, rows) {
  const fixed = rows.filter(({ pooling }) => pooling !== 'diffstride');
  const learned = rows.filter(({ pooling, rounded }) => pooling === 'diffstride' && !rounded);
  const beaten = learned.filter((row) =>
    fixed.some((other) => other.macs <= row.macs && other.accuracy >= row.accuracy),
  );
  if (beaten.length === 0) {
    return `${where}, no fixed network that was tried is as accurate for as few multiply-adds as a learned one.`;
  }
  const names = beaten.map(({ lambda }) => `λ ${lambda}`).join(', ');
  return `${where}, at ${names}, a fixed network that was tried is at least as accurate for as few multiply-adds.`;
}

function initialStridesClaim(starts, table) {
  const overAll = overStarts(starts);
  return [
    'Accuracy hardly depends on the initial strides (deviation over six starts, points).',
    `${quickDeviations(table, 'paper')} (of its printed means)`,
    `${overAll.map((one) => one.deviation.toFixed(1)).join(' / ')} (medium, ${overAll[0].starts} starts, ${seedsInWords(starts)}); ${quickDeviations(table, 'accuracy')} (quick, six starts, two seeds)`,
    `${spreadSentence(starts)} Only DiffStride has a penalty in the medium runs, which draws its networks together. No quick run has one.`,
  ];
}

/** The sample deviation of each pooling over the initial strides of the quick table. */
function quickDeviations(table, key) {
  const starts = [...new Set(table.map(({ strides }) => strides))].filter(
    (strides) => strides !== 'mean',
  );
  return ofPoolings((pooling) => {
    const values = starts.map(
      (strides) => table.find((row) => row.strides === strides && row.pooling === pooling)[key],
    );
    return deviation(values).toFixed(1);
  });
}

function searchClaim([one, random, grid]) {
  return [
    'One training with learned strides replaces a search over strides.',
    'Argued from the size of the search space',
    `${one.accuracy.toFixed(1)} % for ${tera(one.macs)} (one run); random search ${random.accuracy.toFixed(1)} % for ${tera(random.macs)}; grid search ${grid.accuracy.toFixed(1)} % for ${tera(grid.macs)} (quick, one seed)`,
    `Not shown. Each has one seed, the search chose by the images that score it, and with 2,000 test images a difference below ${NOISE[2000]} points is noise. Only strided convolutions were searched: spectral pooling at (2, 2, 2) reaches more in the table of the same preset.`,
  ];
}

function soundsClaim(sounds) {
  const means = ofPoolings((pooling) =>
    sounds
      .find(
        (row) => row.task === 'mean' && row.learned === 'digit speaker' && row.pooling === pooling,
      )
      .accuracy.toFixed(1),
  );
  return [
    'On sounds, DiffStride is first in most tasks (mean of several tasks, %).',
    '83.5 / 83.5 / 85.0',
    `${means} (spoken digits and speakers, quick, two seeds)`,
    'Not reproduced on known speakers, where all poolings are near 100 % and DiffStride has the lowest mean. On speakers that the network never heard, the order changes from speaker to speaker ([trials](#why-diffstride-is-last-on-sounds)). The paper’s datasets were not available.',
  ];
}

function circularShiftsClaim(shift) {
  const consistencies = ['aps', 'lps', 'tips'].map((name) => {
    const row = shift.find(({ pooling, border }) => pooling === name && border === 'circular');
    return `${name} ${row.shiftConsistency.toFixed(1)} %`;
  });
  return [
    'With circular borders, APS and LPS do not notice circular shifts.',
    'Shift consistency of 100 % for APS and LPS',
    `${consistencies.join(', ')} (quick, one seed)`,
    'A test asserts 100 % for APS and LPS on a trained network.',
  ];
}

function integerStridesClaim(rounded) {
  const runs = rounded.map(
    ({ strides, runs: seeds, before, after }) =>
      `from ${inBrackets(strides)}${seeds > 1 ? `, mean of ${seeds} seeds` : ''}: ` +
      `${after.accuracy.toFixed(1)} % at ${million(after.macs)}, unrounded ${before.accuracy.toFixed(1)} % at ${million(before.macs)}`,
  );
  const losses = rounded.map(({ before, after }) => before.accuracy - after.accuracy);
  const areMore = rounded.every(({ before, after }) => after.macs > before.macs);
  const cheaper = areMore ? 'more multiply-adds' : 'about as many multiply-adds';
  return [
    'Integer strides suffice after learning.',
    'Not in the paper',
    runs.join('; '),
    `Integer strides cost ${span(losses)} points here, and ${cheaper}, since each stride gives the map nearest to the learned one ([how](/guide/freezing#integer-strides)). \`npx ds-benchmark freeze --round\` does this.`,
  ];
}

const FULL_SIZE_CLAIM = [
  'Full size: width 64, 400 epochs.',
  '91.4 / 92.4 / 92.5 from (2, 2, 2)',
  '–',
  'Not tried: a run takes days to weeks on these machines, and hours on a GPU ([projected](#full-size-on-a-gpu-a-projection)). The preset `full` is the published recipe.',
];

const IMAGENET_CLAIM = [
  'ImageNet, six starts (mean of top-1, %).',
  '65.5 / 67.6 / 69.3',
  '–',
  'Not tried. `npx ds-benchmark table imagenet` runs it on a folder of ImageNet.',
];

/** `82.0 / 89.2 / 92.3`: a text of each pooling, in the order of the paper. */
const ofPoolings = (textOf) => POOLINGS.map(textOf).join(' / ');

const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;

/** `1.7 to 4.4`. */
const span = (values) => `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
const tera = (macs) => `${(macs / 1e12).toFixed(1)} T multiply-adds`;
const ratio = (a, b) => (a / b).toFixed(1);
