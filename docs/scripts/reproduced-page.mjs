// The page "What we could and could not reproduce": the papers' numbers beside stored ones.
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { audioStartSection } from './audio-start.mjs';
import { audioTrialsSection } from './audio-trials.mjs';
import { projectionSection } from './full-size-projection.mjs';
import {
  accuracyText,
  bestFixedSentence,
  deviation,
  differencesSentence,
  LAMBDA,
  mediumCells,
  mediumTable,
  overStarts,
  roundedRuns,
  seedsInWords,
  spreadSentence,
} from './medium-table.mjs';
import { mediumTime } from './medium-time.mjs';
import { intervalText, pairedInterval } from './paired-interval.mjs';

/** The difference of two accuracies on as many test images that chance alone makes, in points. */
const NOISE = { 2000: 3.1, 5000: 2, 10000: 1.4 };

/**
 * The page, from the stored results in a folder, the times of their networks, the first steps of
 * the audio network, and the times on a GPU.
 */
export function reproducedPage(folder, timeFile, audioStartFile, gpuFile) {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  const resultOf = (name) => read(path.join(folder, `${name}.json`));
  const rowsOf = (name) => resultOf(name).rows;
  const paper = rowsOf('10-cifar10-quick');
  const audio = resultOf('40-audio-quick');
  const search = rowsOf('30-search-quick');
  const shift = rowsOf('50-shift-quick');
  const tradeoff = rowsOf('20-tradeoff-quick');
  const paperStarts = [...new Set(paper.map(({ strides }) => strides))].filter(
    (row) => row !== 'mean',
  );
  /** The sample deviation of a pooling's accuracies over the initial strides. */
  const spread = (pooling, key) => {
    const values = paperStarts.map(
      (strides) => paper.find((row) => row.strides === strides && row.pooling === pooling)[key],
    );
    return deviation(values).toFixed(1);
  };
  const three = (cellOf) => ['conv', 'spectral', 'diffstride'].map(cellOf).join(' / ');
  const quick = (strides) =>
    three((pooling) =>
      paper.find((row) => row.strides === strides && row.pooling === pooling).accuracy.toFixed(1),
    );
  const mean = (pooling) =>
    audio.rows
      .find(
        (row) => row.task === 'mean' && row.learned === 'digit speaker' && row.pooling === pooling,
      )
      .accuracy.toFixed(1);
  const rounded = roundedRuns(folder);
  const consistent = (pooling) =>
    shift.find((row) => row.pooling === pooling && row.border === 'circular').shiftConsistency;
  const [one, random, grid] = search;
  const starts = mediumCells(folder);
  const overAll = overStarts(starts);
  const poor = starts.find(({ strides }) => strides === '3 2 3').cells;
  const paperOf = (strides, pooling) =>
    paper.find((row) => row.strides === strides && row.pooling === pooling).paper;
  const rows = [
    [
      'From the strides (3, 2, 3), DiffStride is more accurate than spectral pooling and strided convolutions (strided / spectral / DiffStride, %).',
      '82.0 / 89.2 / 92.3',
      `${poor.map(accuracyText).join(' / ')} (medium, λ ${LAMBDA}, ${count(Math.min(...poor.map(({ runs }) => runs)), 'seed')}); ${quick('3 2 3')} (quick, two seeds)`,
      leadText(poor),
    ],
    [
      'The penalty λ·J trades accuracy for work.',
      'A curve over λ from 0.1 to 10',
      `${tradeoff
        .filter(({ pooling, rounded }) => pooling === 'diffstride' && !rounded)
        .toSorted((a, b) => a.lambda - b.lambda)
        .map(
          ({ lambda, accuracy, macs }) =>
            `λ ${lambda}: ${accuracy.toFixed(1)} % at ${million(macs)}`,
        )
        .join('; ')} (quick, one seed, from (2, 2, 2))`,
      frontier([...tradeoff, ...paper.filter(({ pooling }) => pooling === 'spectral')]),
    ],
    [
      'Accuracy hardly depends on the initial strides (deviation over six starts, points).',
      `${three((pooling) => spread(pooling, 'paper'))} (of its printed means)`,
      `${overAll.map((one) => one.deviation.toFixed(1)).join(' / ')} (medium, ${overAll[0].starts} starts, ${seedsInWords(starts)}); ${three((pooling) => spread(pooling, 'accuracy'))} (quick, six starts, two seeds)`,
      `${spreadSentence(starts)} Only DiffStride has a penalty in the medium runs, which draws its networks together. No quick run has one.`,
    ],
    [
      'One training with learned strides replaces a search over strides.',
      'Argued from the size of the search space',
      `${one.accuracy.toFixed(1)} % for ${tera(one.macs)} (one run); random search ${random.accuracy.toFixed(1)} % for ${tera(random.macs)}; grid search ${grid.accuracy.toFixed(1)} % for ${tera(grid.macs)} (quick, one seed)`,
      `Not shown. Each has one seed, the search chose by the images that score it, and with 2,000 test images a difference below ${NOISE[2000]} points is noise. Only strided convolutions were searched: spectral pooling at (2, 2, 2) reaches more in the table of the same preset.`,
    ],
    [
      'On sounds, DiffStride is first in most tasks (mean of several tasks, %).',
      '83.5 / 83.5 / 85.0',
      `${three(mean)} (spoken digits and speakers, quick, two seeds)`,
      'Not reproduced on known speakers, where all poolings are near 100 % and DiffStride has the lowest mean. On speakers that the network never heard, the order changes from speaker to speaker ([trials](#why-diffstride-is-last-on-sounds)). The paper’s datasets were not at hand.',
    ],
    [
      'With circular borders, APS and LPS do not notice circular shifts.',
      'Shift consistency of 100 % for APS and LPS',
      `${['aps', 'lps', 'tips'].map((name) => `${name} ${consistent(name).toFixed(1)} %`).join(', ')} (quick, one seed)`,
      'A test asserts 100 % for APS and LPS on a trained network.',
    ],
    [
      'Integer strides suffice after learning.',
      'Not in the paper',
      rounded
        .map(
          ({ strides, before, after }) =>
            `from (${strides.replaceAll(' ', ', ')}): ${after.accuracy.toFixed(1)} % at ` +
            `${million(after.macs)}, unrounded ${before.accuracy.toFixed(1)} % at ${million(before.macs)}`,
        )
        .join('; '),
      `Integer strides cost ${span(rounded.map(({ before, after }) => before.accuracy - after.accuracy))} points here, and more multiply-adds, since strides are rounded to maps at least as large ([how](/guide/freezing#integer-strides)). \`npx ds-benchmark freeze --round\` does this.`,
    ],
    [
      'Full size: width 64, 400 epochs.',
      '91.4 / 92.4 / 92.5 from (2, 2, 2)',
      '–',
      'Not tried: days to weeks a run on these machines, hours on a GPU ([projected](#full-size-on-a-gpu-a-projection)). The preset `full` is the published recipe.',
    ],
    [
      'ImageNet, six starts (mean of top-1, %).',
      '65.5 / 67.6 / 69.3',
      '–',
      'Not tried. `npx ds-benchmark table imagenet` runs it on a folder of ImageNet.',
    ],
  ];
  return [
    '# What we could and could not reproduce',
    'Claims of the papers, with their numbers, beside the stored ones of this project. A script ' +
      'makes this page from [the stored results](/results). *Medium* runs train a ResNet-18 of ' +
      'width 8 on all images of CIFAR-10 for ten epochs, *quick* runs on ten thousand of them for ' +
      'three. The paper trains a network of width 64 for 400 epochs. So compare orders and shapes, ' +
      'not heights.',
    [
      line(['claim', 'the paper', 'here', 'reasons and limits']),
      line(['---', '---', '---', '---']),
      ...rows.map(line),
    ].join('\n'),
    '## The paper’s table at medium size',
    'Test accuracy and multiply-adds per image after ten epochs on all images, at width 8, from the ' +
      `initial strides of the paper’s table. DiffStride has the penalty λ = ${LAMBDA}. The mean and ` +
      'the deviation are over the starts that have all three poolings; ± is over seeds. The paper’s column has its ' +
      'accuracies in the same order, after 400 epochs at width 64.',
    mediumTable(starts, paperOf),
    `${differencesSentence(starts)} ${bestFixedSentence(starts)} So in ten epochs at this width, learned ` +
      'strides spare a bad guess and do not beat a good one. The start (3, 2, 3) got its second seed ' +
      'first, since it is the one from which the paper’s fixed poolings are worst.',
    mediumTime(read(timeFile)),
    audioStartSection(read(audioStartFile), audio),
    audioTrialsSection(
      resultOf('44-audio-known-trials'),
      resultOf('45-audio-unseen-trials'),
      resultOf('46-audio-unseen'),
    ),
    projectionSection(read(gpuFile)),
    '## How choices were made',
    'The rate, the weight decay and the crop of the medium preset are those of the published ' +
      'recipe. Two of its settings were chosen on 5,000 held-out training images, never on the ' +
      'test set, from (3, 2, 3) after five epochs with one seed: the smoothness R and the rate of ' +
      'the strides.',
    choices(rowsOf('70-medium-trials')),
    'A difference of two such accuracies is below the noise of the test if it is at most 1.7 ' +
      'points. R = 1 was chosen for its cost, and the rate × 1 since the published code has it.',
    'The learning rate of the quick preset and the rate of its strides were chosen in the same way, ' +
      'from (3, 2, 3) after three epochs with three seeds.',
    quickChoices(rowsOf('72-quick-rates')),
    quickVerdict(rowsOf('72-quick-rates')),
    '## Make a result again',
    '```sh\nnpx ds-benchmark reproduce 60-tradeoff-medium --poolings conv\n```',
    'This executes the stored configurations again and compares the scores.',
  ].join('\n\n');
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

const count = (number, word) => `${number} ${word}${number === 1 ? '' : 's'}`;

/** `1.7 to 4.4`. */
const span = (values) => `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;

/** The table of the trials of the quick preset's rates. */
function quickChoices(trials) {
  return [
    line([
      'pooling',
      'peak rate',
      'rate of the strides',
      'accuracy, held-out (%)',
      'multiply-adds',
    ]),
    line(['---', '---', '---', '---', '---']),
    ...trials.map((row) =>
      line([
        row.pooling,
        row['schedule.peak'],
        row.pooling === 'diffstride' ? `× ${row.strideLearningRateScale}` : '–',
        `${row.accuracy.toFixed(1)} ± ${row.deviation.toFixed(1)}`,
        million(row.macs),
      ]),
    ),
  ].join('\n');
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
    ['conv', 'spectral', 'diffstride'].reduce(
      (sum, pooling) => sum + best(pooling, peak).accuracy / 3,
      0,
    );
  const peaks = [...new Set(trials.map((row) => row['schedule.peak']))];
  const [first, second] = peaks.toSorted((a, b) => meanAt(b) - meanAt(a));
  const { strideLearningRateScale } = best('diffstride', first);
  return (
    `A peak of ${first} has the higher mean of the three poolings, ${meanAt(first).toFixed(1)} against ` +
    `${meanAt(second).toFixed(1)} % at ${second}, and with it DiffStride prefers the rate × ` +
    `${strideLearningRateScale}. So the preset has both. Three seeds do not tell the rates of the ` +
    'strides apart.'
  );
}

/** The table of the trials on held-out images. */
function choices(trials) {
  return [
    line(['pooling', 'R', 'rate of the strides', 'λ', 'accuracy, held-out (%)', 'multiply-adds']),
    line(['---', '---', '---', '---', '---', '---']),
    ...trials.map(({ pooling, smoothness, strideRate, lambda, accuracy, macs }) =>
      line([
        pooling,
        smoothness ?? '–',
        strideRate === null ? '–' : `× ${strideRate}`,
        lambda,
        accuracy.toFixed(1),
        million(macs),
      ]),
    ),
  ].join('\n');
}

/**
 * What the picture of accuracy against multiply-adds says: which fixed network no learned one
 * beats.
 */
function frontier(rows) {
  const fixed = rows.filter(({ pooling }) => pooling !== 'diffstride');
  const learned = rows.filter(({ pooling, rounded }) => pooling === 'diffstride' && !rounded);
  const beaten = learned.filter((row) =>
    fixed.some((other) => other.macs <= row.macs && other.accuracy >= row.accuracy),
  );
  if (beaten.length === 0) {
    return 'No fixed network that was tried is as accurate for as few multiply-adds as a learned one.';
  }
  const names = beaten.map(({ lambda }) => `λ ${lambda}`).join(', ');
  return `At ${names}, a fixed network that was tried is at least as accurate for as few multiply-adds.`;
}

const line = (cells) => `| ${cells.join(' | ')} |`;
const million = (macs) => `${(macs / 1e6).toFixed(1)} M`;
const tera = (macs) => `${(macs / 1e12).toFixed(1)} T multiply-adds`;
const ratio = (a, b) => (a / b).toFixed(1);
