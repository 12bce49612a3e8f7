// The table of measured times of the networks of the paper's table at medium size.
import { markdownTable } from './markdown-table.mjs';
import { inBrackets, POOLINGS } from './medium-table.mjs';

/**
 * What an image costs in each network at its final strides, by initial strides. Several seeds of a
 * network have their mean.
 *
 * @param stored The file that `measure-medium.mjs` writes.
 */
export function mediumTime({ machine, date, command, batch, rounds, rows }) {
  const starts = [...new Set(rows.map(({ strides }) => strides))].sort();
  const cell = (strides, kind) =>
    POOLINGS.map((pooling) => {
      const own = rows.filter((row) => row.strides === strides && row.pooling === pooling);
      return (own.reduce((sum, row) => sum + row[kind].median, 0) / own.length).toFixed(2);
    }).join(' / ');
  const times = (strides) => ['step', 'classify'].map((kind) => cell(strides, kind));
  return [
    'The networks of the table in measured time: milliseconds of one core for an image, at their final ' +
      `strides (strided / spectral / DiffStride; medians of ${rounds} rounds over all networks, batches ` +
      `of ${batch}, wasm; ${machine}, ${date}; \`${command}\`). The step is the forward and the ` +
      'backward pass.',
    markdownTable(
      ['initial strides', 'training step, ms', 'classification, ms'],
      starts.map((strides) => [inBrackets(strides), ...times(strides)]),
    ),
  ].join('\n\n');
}
