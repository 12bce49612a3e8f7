// The paper's table of CIFAR-10, from the stored medium runs: accuracies from several initial strides.
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** The columns of the table. */
export const POOLINGS = ['conv', 'spectral', 'diffstride'];

/** The λ of the learned strides in the table. */
export const LAMBDA = 0.1;

/**
 * The cells of the table, by initial strides (`'3 2 3'`) and pooling. A cell has the mean accuracy
 * in percent and the mean multiply-adds of its runs, their number, and the deviation over seeds.
 * It takes the runs of all
 * stored results with the preset `medium` that were scored on test images.
 */
export function mediumCells(folder) {
  const runs = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(path.join(folder, name), 'utf8')))
    .flatMap(({ preset, runs = [] }) => (preset === 'medium' ? runs : []))
    .filter(({ config }) => config.validationImages === undefined)
    .filter(({ config }) => config.pooling !== 'diffstride' || config.lambda === LAMBDA);
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
      };
    }),
  }));
}

/** The mean, and the sample deviation, of each pooling over the starts that have all poolings. */
export function overStarts(starts) {
  const whole = starts.filter(({ cells }) => cells.every((cell) => cell !== null));
  return POOLINGS.map((_, at) => {
    const values = whole.map(({ cells }) => cells[at].accuracy);
    return { starts: values.length, mean: mean(values), deviation: deviation(values) };
  });
}

/** `three starts, 1 seed`: the starts that have all poolings, and the fewest runs of a cell. */
export function startsInWords(starts) {
  const [{ starts: count }] = overStarts(starts);
  const seeds = Math.min(...starts.flatMap(({ cells }) => cells.map((cell) => cell?.runs ?? 1)));
  const number = ['no', 'one', 'two', 'three', 'four', 'five', 'six'][count] ?? count;
  return `${number} ${count === 1 ? 'start' : 'starts'}, ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}`;
}

/** The sentences of the README: the range of each pooling over the starts that have all poolings. */
export function startsSentence(starts) {
  const whole = starts.filter(({ cells }) => cells.every((cell) => cell !== null));
  const names = whole.map(({ strides }) => `(${strides.replaceAll(' ', ', ')})`);
  const [conv, spectral, learned] = POOLINGS.map((_, at) => {
    const values = whole.map(({ cells }) => cells[at].accuracy);
    const work = whole.map(({ cells }) => cells[at].macs / 1e6);
    const span = (numbers) =>
      `${Math.min(...numbers).toFixed(1)} to ${Math.max(...numbers).toFixed(1)}`;
    return `${span(values)} % (${span(work)} million multiply-adds)`;
  });
  return (
    `After ten epochs on all images, from ${names.join(', ')}: strided convolutions reach ${conv}, ` +
    `fixed spectral pooling ${spectral}, and DiffStride ${learned}.`
  );
}

/**
 * The table as Markdown.
 *
 * @param starts Rows of {@link mediumCells}.
 * @param paperOf The paper's accuracy for initial strides and a pooling.
 */
export function mediumTable(starts, paperOf) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
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
  return [
    line(['initial strides', ...POOLINGS.map((name) => `\`${name}\` (%)`), 'the paper (%)']),
    line(['---', '---', '---', '---', '---']),
    ...starts.map(({ strides, cells }) =>
      line([
        `(${strides.replaceAll(' ', ', ')})`,
        ...cells.map((cell) => (cell ? `${accuracyText(cell)}, ${million(cell.macs)}` : '–')),
        POOLINGS.map((pooling) => paperOf(strides, pooling).toFixed(1)).join(' / '),
      ]),
    ),
    ...(whole < 2
      ? []
      : [
          line([`mean of ${whole}`, ...summary('mean')]),
          line(['deviation', ...summary('deviation')]),
        ]),
  ].join('\n');
}

/** `80.5`, or `80.5 ± 0.7` over several seeds. */
export function accuracyText({ accuracy, deviation: spread }) {
  return spread === null ? accuracy.toFixed(1) : `${accuracy.toFixed(1)} ± ${spread.toFixed(1)}`;
}

/** `one seed`, or `one seed, two from (3, 2, 3)`: the runs of each pooling and start. */
export function seedsInWords(starts) {
  const most = starts.filter(({ cells }) => cells.every((cell) => cell?.deviation != null));
  if (most.length === 0) return 'one seed';
  const names = most.map(({ strides }) => `(${strides.replaceAll(' ', ', ')})`).join(' and ');
  return most.length === starts.length ? 'two seeds or more' : `one seed, two from ${names}`;
}

const startOf = ({ strides }) => strides.slice(2).join(' ');
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const million = (macs) => `${(macs / 1e6).toFixed(1)} M`;

/** The sample deviation. */
export function deviation(values) {
  const middle = mean(values);
  const squares = values.reduce((sum, value) => sum + (value - middle) ** 2, 0);
  return Math.sqrt(squares / (values.length - 1));
}
