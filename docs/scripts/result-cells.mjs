/**
 * Keys of percentages. A test set of thousands of images does not resolve hundredths of a percent.
 */
const PERCENTAGES = ['accuracy', 'paper', 'shiftConsistency'];

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
];

/** Keys of numbers with two decimals in every row, and with two digits if they are small. */
const HUNDREDTHS = ['complexity', 'inferenceMilliseconds'];

/**
 * Below it, a count is written out. Rows with 0.92 M and 2.80 M compare better than with 924,800.
 */
const LEAST_MILLIONS = 1e5;

/** A count of multiply-adds with at most three digits and a unit, such as 8.87 M. */
function count(value) {
  if (value < LEAST_MILLIONS) return value.toLocaleString('en');
  const [size, unit] = UNITS.find(([least]) => value >= least) ?? UNITS.at(-1);
  const digits = value / size;
  const decimals = digits < 10 ? 2 : digits < 100 ? 1 : 0;
  return `${digits.toFixed(decimals)}\u00a0${unit}`;
}

/** A number with two decimals, or with two digits other than its first zeros. */
function hundredths(value) {
  return value === 0 || value >= 0.1 ? value.toFixed(2) : value.toFixed(1 - exponentOf(value));
}

/** The power of ten of a number's first digit, as rounded to two. */
function exponentOf(value) {
  return Number(value.toExponential(1).split('e')[1]);
}

/**
 * The columns of a stored result that its table shows. An accuracy includes its deviation.
 *
 * @template {{ key: string }} Column
 * @param {Column[]} columns
 * @returns {Column[]}
 */
export function shownColumns(columns) {
  return columns.filter(({ key }) => key !== 'deviation');
}

/**
 * A cell of a stored result, rounded to what its spread allows. A number and its unit do not part.
 */
export function resultCell(row, key) {
  const value = row[key];
  if (key === 'pooling' && row.rounded === true) return `${value}, rounded`;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value !== 'number') return value ?? '–';
  if (key === 'macs') return count(value);
  if (HUNDREDTHS.includes(key)) return hundredths(value);
  if (!PERCENTAGES.includes(key)) return value.toLocaleString('en', { maximumFractionDigits: 2 });
  const spread =
    key === 'accuracy' && row.deviation != null ? `\u00a0±\u00a0${row.deviation.toFixed(1)}` : '';
  return `${value.toFixed(1)}${spread}`;
}
