// The paper's table of CIFAR-10, from the stored medium runs: accuracies from several initial
// strides.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import jstat from 'jstat';
import { markdownTable } from './markdown-table.mjs';
import { intervalText, varianceRatio } from './paired-interval.mjs';
import { countInWords, listed, seedGroups, seedsText } from './seed-groups.mjs';

/** The columns of the table. */
export const POOLINGS = ['conv', 'spectral', 'diffstride'];

/** The λ of the learned strides in the table. */
export const LAMBDA = 0.1;

/**
 * The cells of the table, by initial strides (`'3 2 3'`) and pooling. A cell has the mean accuracy
 * in percent and the mean multiply-adds of its runs, their number, their accuracies by seed, and
 * the deviation over seeds. It takes the runs of all stored results with the preset `medium` that
 * were scored on test images.
 */
export function mediumCells(folder) {
  const runs = mediumRuns(folder);
  const starts = new Set(runs.map(({ config }) => startOf(config)));
  return [...starts].sort().map((strides) => ({
    strides,
    cells: POOLINGS.map((pooling) => {
      const own = runs.filter(
        ({ config }) => config.pooling === pooling && startOf(config) === strides,
      );
      if (own.length === 0) return null;
      const scores = own.map(({ score }) => 100 * score);
      return {
        accuracy: mean(scores),
        deviation: own.length > 1 ? deviation(scores) : null,
        macs: mean(own.map(({ macs }) => macs)),
        runs: own.length,
        bySeed: Object.fromEntries(own.map(({ config, score }) => [config.seed, 100 * score])),
      };
    }),
  }));
}

/**
 * The runs of learned strides that were also scored with integer strides: their initial strides,
 * and accuracy in percent and multiply-adds before and after, as means over their seeds.
 */
export function roundedRuns(folder) {
  const runs = mediumRuns(folder).filter(({ rounded }) => rounded);
  const starts = new Set(runs.map(({ config }) => startOf(config)));
  return [...starts].sort().map((strides) => {
    const own = runs.filter(({ config }) => startOf(config) === strides);
    const meanOf = (of) => ({
      accuracy: 100 * mean(own.map((run) => of(run).accuracy)),
      macs: mean(own.map((run) => of(run).macs)),
    });
    return {
      strides,
      runs: own.length,
      before: meanOf(({ score, macs }) => ({ accuracy: score, macs })),
      after: meanOf(({ rounded }) => rounded),
    };
  });
}

/**
 * The runs with the preset `medium` and {@link LAMBDA} that were scored on test images, with their
 * final strides by layer.
 */
export function mediumRuns(folder) {
  return mediumRunsOfAnyPenalty(folder).filter(
    ({ config }) => config.pooling !== 'diffstride' || config.lambda === LAMBDA,
  );
}

/** The runs of {@link mediumRuns}, and those of learned strides with another λ. */
export function mediumRunsOfAnyPenalty(folder) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))
    .filter(({ preset }) => preset === 'medium')
    .flatMap(({ runs = [], strides = [] }) =>
      runs.map((run, at) => ({ ...run, final: strides[at]?.final })),
    )
    .filter(({ config }) => config.validationImages === undefined);
}

/** The mean, and the sample deviation, of each pooling over the starts that have all poolings. */
export function overStarts(starts) {
  const whole = starts.filter(isWhole);
  return POOLINGS.map((_, at) => {
    const values = whole.map(({ cells }) => cells[at].accuracy);
    return { starts: values.length, mean: mean(values), deviation: deviation(values) };
  });
}

/** `six starts, one or two seeds`: the starts that have all poolings, and their seeds. */
export function startsInWords(starts) {
  const whole = starts.filter(isWhole);
  const noun = whole.length === 1 ? 'start' : 'starts';
  const counts = startsBySeeds(whole).map(({ seeds }) => seeds);
  const texts = [...counts.slice(0, -1).map(countInWords), seedsText(counts.at(-1))];
  const seeds = new Intl.ListFormat('en', { type: 'disjunction' }).format(texts);
  return `${countInWords(whole.length)} ${noun}, ${counts[0] > 1 ? seedsInWords(whole) : seeds}`;
}

/** The first sentences of the README: what a guess of the strides costs, fixed and learned. */
export function firstSentences(starts) {
  const whole = starts.filter(isWhole);
  const count = countInWords(whole.length);
  const span = (at) => spanOf(whole.map(({ cells }) => cells[at].accuracy)).replace('–', ' to ');
  return (
    'A convolutional network shrinks its feature maps by **strides that you must guess**. From the ' +
    `paper’s ${count} initial strides, a small ResNet with strided convolutions reaches ${span(0)} % ` +
    `on CIFAR-10. With strides that are learned from the same ${count}, it reaches ${span(2)} %.`
  );
}

/** Differences of accuracy between the poolings, paired over the starts, with 95 % intervals. */
export function differencesSentence(starts) {
  const whole = starts.filter(isWhole);
  const between = (a, b) =>
    intervalText(whole.map(({ cells }) => cells[a].accuracy - cells[b].accuracy));
  return (
    `Paired over the starts, with 95 % intervals: spectral − strided ${between(1, 0)} points, ` +
    `DiffStride − strided ${between(2, 0)}, DiffStride − spectral ${between(2, 1)}.`
  );
}

/**
 * What learned strides gain over strided convolutions: from the start where those are least
 * accurate, and from the start where they are most accurate.
 */
export function guessSentences(starts) {
  const whole = starts
    .filter(isWhole)
    .toSorted((a, b) => a.cells[0].accuracy - b.cells[0].accuracy);
  const from = ({ strides, cells: [conv, , learned] }, guess) => {
    const gain = learned.accuracy - conv.accuracy;
    const size = `${Math.abs(gain).toFixed(1)} points ${gain < 0 ? 'less' : 'more'} accurate`;
    const start = `From ${inBrackets(strides)}, the ${guess} guess here`;
    return `${start}, learned strides are ${size}`;
  };
  return `${from(whole[0], 'worst')} than strided convolutions. ${from(whole.at(-1), 'best')}.`;
}

/**
 * The fixed network that beats the most learned ones: at least as accurate for as few
 * multiply-adds.
 */
export function bestFixedSentence(starts) {
  const whole = starts.filter(isWhole);
  const learned = whole.map(({ cells }) => cells[2]);
  const fixed = whole.flatMap(({ strides, cells }) =>
    [0, 1].map((at) => ({
      strides,
      name: ['A strided network', 'A spectral network'][at],
      ...cells[at],
    })),
  );
  const beaten = (one) =>
    learned.filter((cell) => cell.accuracy <= one.accuracy && cell.macs >= one.macs).length;
  const best = fixed.toSorted((a, b) => beaten(b) - beaten(a) || a.macs - b.macs)[0];
  const count = beaten(best);
  const of = `of the ${learned.length} learned networks in the table`;
  return (
    `${best.name} from ${inBrackets(best.strides)} reaches ${best.accuracy.toFixed(1)} % ` +
    `with ${(best.macs / 1e6).toFixed(1)} million multiply-adds. ` +
    (count === learned.length
      ? `None ${of} is more accurate or cheaper.`
      : `${count} ${of} ${count === 1 ? 'is' : 'are'} neither more accurate nor cheaper.`)
  );
}

/** How much the accuracies deviate over the starts, and whether chance may explain it. */
export function spreadSentence(starts) {
  const [conv, spectral, learned] = overStarts(starts);
  const text = ({ deviation }) => deviation.toFixed(1);
  const deviations =
    `Over the ${learned.starts} starts, accuracies deviate by ${text(learned)} points with learned ` +
    `strides, ${text(spectral)} with spectral pooling and ${text(conv)} with strided convolutions`;
  if (learned.deviation > Math.min(conv.deviation, spectral.deviation)) return `${deviations}.`;
  const [fromSpectral, fromConv] = [spectral, conv].map((fixed) =>
    varianceRatio(fixed.deviation, learned.deviation, learned.starts),
  );
  const ratios = `ratios of variances ${fromSpectral.ratio.toFixed(1)} and ${fromConv.ratio.toFixed(1)}`;
  const limit = fromSpectral.limit.toFixed(1);
  const isClear = ({ ratio, limit: least }) => ratio > least;
  const verdict = isClear(fromSpectral)
    ? 'both are more than chance'
    : isClear(fromConv)
      ? 'the second is more than chance'
      : 'both may be chance';
  return `${deviations} (${ratios}; ${verdict}, 95 % limit ${limit}).`;
}

/**
 * The table at the head of the README: the range of each pooling over the starts that have all
 * poolings, of means over seeds.
 *
 * @param starts Rows of {@link mediumCells}.
 * @param times The file that `measure-medium.mjs` writes.
 */
export function headlineTable(starts, times) {
  const whole = starts.filter(isWhole);
  const names = ['strided convolutions', 'fixed spectral pooling', `DiffStride, λ = ${LAMBDA}`];
  return markdownTable(
    [
      `from ${countInWords(whole.length)} starts`,
      'test accuracy',
      'multiply-adds per image',
      'training, ms per image',
      'classification, ms per image',
    ],
    POOLINGS.map((pooling, at) => {
      const own = whole.map(({ cells }) => cells[at]);
      const spanOfTimes = (kind) =>
        spanOf(
          whole.map(({ strides }) => {
            const rows = times.rows.filter(
              (row) => row.pooling === pooling && row.strides === strides,
            );
            return mean(rows.map((row) => row[kind].median));
          }),
        );
      return [
        names[at],
        `${spanOf(own.map(({ accuracy }) => accuracy))} %`,
        `${spanOf(own.map(({ macs }) => macs / 1e6))} M`,
        spanOfTimes('step'),
        spanOfTimes('classify'),
      ];
    }),
  );
}

/** `5.3–30.8`: the least and the greatest of some numbers. */
export function spanOf(values) {
  return `${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)}`;
}

/**
 * The table as Markdown.
 *
 * @param starts Rows of {@link mediumCells}.
 * @param paperOf The paper's accuracy for initial strides and a pooling.
 */
export function mediumTable(starts, paperOf) {
  const inPaper = starts.map(({ strides, cells }) => ({
    strides,
    cells: cells.map((cell, at) => cell && { accuracy: paperOf(strides, POOLINGS[at]) }),
  }));
  const summary = (key) => [
    ...overStarts(starts).map((one) => one[key].toFixed(1)),
    overStarts(inPaper)
      .map((one) => one[key].toFixed(1))
      .join(' / '),
  ];
  const [{ starts: whole }] = overStarts(starts);
  return markdownTable(
    ['initial strides', ...POOLINGS.map((name) => `\`${name}\` (%)`), 'the paper (%)'],
    [
      ...starts.map(({ strides, cells }) => [
        inBrackets(strides),
        ...cells.map((cell) => (cell ? `${accuracyText(cell)}, ${million(cell.macs)}` : '–')),
        POOLINGS.map((pooling) => paperOf(strides, pooling).toFixed(1)).join(' / '),
      ]),
      ...(whole < 2
        ? []
        : [
            [`mean of ${whole}`, ...summary('mean')],
            ['deviation', ...summary('deviation')],
          ]),
    ],
  );
}

/** `80.5`, or `80.5 ± 0.7` over several seeds. */
export function accuracyText({ accuracy, deviation: spread }) {
  return spread === null ? accuracy.toFixed(1) : `${accuracy.toFixed(1)} ± ${spread.toFixed(1)}`;
}

/** The starts by their number of seeds, from the least. A start has as many as each pooling has. */
export function startsBySeeds(starts) {
  return seedGroups(
    starts.map(({ strides, cells }) => ({
      name: inBrackets(strides),
      seeds: Math.min(...cells.filter((cell) => cell !== null).map(({ runs }) => runs)),
    })),
  );
}

/** `one seed`, or `one seed, two from (3, 2, 3)`: the runs of each pooling and start. */
export function seedsInWords(starts) {
  const [least, ...more] = startsBySeeds(starts);
  if (least.seeds > 1) return `${seedsText(least.seeds)} or more`;
  return [seedsText(least.seeds), ...more.map(seedsFrom)].join(', ');
}

/** `two from (3, 2, 3)`: a group of {@link startsBySeeds}. */
export function seedsFrom({ seeds, names }) {
  return `${countInWords(seeds)} from ${listed(names)}`;
}

export const { mean } = jstat;
/** The sample deviation. */
export const deviation = (values) => jstat.stdev(values, true);
const isWhole = ({ cells }) => cells.every((cell) => cell !== null);
/** `3 2 3`: the initial strides of a run. */
export const startOf = ({ strides }) => strides.slice(2).join(' ');
/** `15.2 M`: multiply-adds. */
export const million = (macs) => `${(macs / 1e6).toFixed(1)} M`;
/** `(3, 2, 3)` for `'3 2 3'`. */
export const inBrackets = (strides) => `(${strides.replaceAll(' ', ', ')})`;
