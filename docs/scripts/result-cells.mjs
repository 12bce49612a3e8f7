/** Keys of percentages. A test set of thousands of images tells no hundredths of a percent apart. */
const PERCENTAGES = ['accuracy', 'paper', 'shiftConsistency'];

const UNITS = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
];

/** A count of multiply-adds with three digits and a unit, such as 8.87 M. */
function count(value) {
  const [size, unit] = UNITS.find(([least]) => value >= least) ?? [1, ''];
  const digits = value / size;
  const decimals = digits < 10 ? 2 : digits < 100 ? 1 : 0;
  return unit ? `${digits.toFixed(decimals)} ${unit}` : value.toLocaleString('en');
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

/** A cell of a stored result, rounded to what its spread allows. */
export function resultCell(row, key) {
  const value = row[key];
  if (key === 'pooling' && row.rounded === true) return `${value}, rounded`;
  if (typeof value !== 'number') return value ?? '';
  if (key === 'macs') return count(value);
  if (!PERCENTAGES.includes(key)) return value.toLocaleString('en', { maximumFractionDigits: 2 });
  const spread =
    key === 'accuracy' && row.deviation != null ? ` ± ${row.deviation.toFixed(1)}` : '';
  return `${value.toFixed(1)}${spread}`;
}
