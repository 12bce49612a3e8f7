// The table "Which pooling should I use?" from stored runs and stored times.
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { markdownTable } from './markdown-table.mjs';
import { wrapped } from './wrapped.mjs';

/** The pages with the table, and the poolings that each shows. `null`: all of them. */
export const PAGES = [
  {
    page: 'README.md',
    poolings: ['conv', 'max', 'max-blur', 'blur', 'spectral', 'diffstride', 'aps'],
  },
  { page: 'docs/guide/which-pooling.md', poolings: null },
];

const BLOCK = /(<!-- choice -->\n)[\s\S]*?(<!-- end -->)/;

const read = (file) =>
  JSON.parse(readFileSync(fileURLToPath(new URL(`../${file}`, import.meta.url)), 'utf8'));

/** A page with the present table between its marks. */
export function withChoiceTable(page, table) {
  if (!BLOCK.test(page)) throw new Error('choice-table: the page has no <!-- choice -->');
  return page.replace(BLOCK, (_, begin, end) => `${begin}${table}\n${end}`);
}

/**
 * The table as Markdown, the most accurate pooling first. Accuracy and shift consistency are those
 * of the stored run with zeros beyond the border; the consistency with circular borders follows.
 *
 * @param {string[] | null} poolings the rows. Default: all.
 */
export function choiceTable(
  poolings = null,
  { rows } = read('results/50-shift-quick.json'),
  latency = read('choice/latency.json'),
) {
  const sides = [...new Set(latency.rows.map(({ side }) => side))];
  const head = [
    'pooling',
    'accuracy (%)',
    'shift consistency (%)',
    'circular (%)',
    'multiply-adds',
    ...sides.map((side) => `ms, ${side}²`),
    'frozen',
  ];
  const zero = rows.filter(({ border }) => border === 'zero');
  const shown = zero
    .filter(({ pooling }) => poolings === null || poolings.includes(pooling))
    .toSorted((a, b) => b.accuracy - a.accuracy);
  const lines = shown.map(({ pooling, accuracy, shiftConsistency, macs }) => {
    const circular = rows.find((row) => row.pooling === pooling && row.border === 'circular');
    const time = (side, isFrozen) =>
      latency.rows.find(
        (row) => row.pooling === pooling && row.side === side && row.isFrozen === isFrozen,
      )?.milliseconds;
    return [
      `\`${pooling}\``,
      accuracy.toFixed(1),
      shiftConsistency.toFixed(1),
      circular?.shiftConsistency?.toFixed(1) ?? '–',
      `${(macs / 1e6).toFixed(1)} M`,
      ...sides.map((side) => milliseconds(time(side, false))),
      pooling === 'conv'
        ? 'is stock'
        : time(sides[0], true) === undefined
          ? 'no'
          : sides.map((side) => milliseconds(time(side, true))).join(', '),
    ];
  });
  return markdownTable(head, lines);
}

/** Poolings that mask a spectrum: of the Fourier or the cosine transform. */
const SPECTRAL = ['diffstride', 'spectral', 'flc', 'asap', 'dct', 'dct-diffstride'];

const FROZEN = /(<!-- frozen times -->\n)[\s\S]*?(\n<!-- end -->)/;

/** The guide to freezing with the present sentences between its marks. */
export function withFrozenTimes(page, sentences = frozenTimes()) {
  if (!FROZEN.test(page)) throw new Error('choice-table: the page has no <!-- frozen times -->');
  return page.replace(FROZEN, (_, begin, end) => `${begin}${wrapped(sentences)}${end}`);
}

/** What freezing does to the times of the table, in two sentences. */
export function frozenTimes(latency = read('choice/latency.json')) {
  const ratiosOf = (wanted) =>
    latency.rows
      .filter(({ pooling, isFrozen }) => isFrozen && wanted(pooling))
      .map((frozen) => {
        const learned = latency.rows.find(
          ({ pooling, side, isFrozen }) =>
            !isFrozen && pooling === frozen.pooling && side === frozen.side,
        );
        return frozen.milliseconds / learned.milliseconds;
      });
  const span = (ratios) => `${Math.min(...ratios).toFixed(2)} to ${Math.max(...ratios).toFixed(2)}`;
  const masks = ratiosOf((pooling) => SPECTRAL.includes(pooling));
  const others = ratiosOf((pooling) => !SPECTRAL.includes(pooling) && pooling !== 'conv');
  const noise = Math.max(...ratiosOf((pooling) => pooling === 'conv').map((r) => Math.abs(r - 1)));
  return (
    `In [the table](/guide/which-pooling#the-measurements), frozen models take ${span(masks)} of the ` +
    'time of their models with poolings that mask a spectrum, such as DiffStride, and ' +
    `${span(others)} with the others. Two runs of the network of strided convolutions differ by up ` +
    `to ${Math.round(100 * noise)} %, so smaller differences are noise.`
  );
}

function milliseconds(value) {
  if (value === undefined) return '–';
  return value < 10 ? value.toFixed(1) : value.toFixed(0);
}
