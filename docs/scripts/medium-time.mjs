// The table of measured times of the networks of the paper's table at medium size.
import { markdownTable } from './markdown-table.mjs';
import { POOLINGS } from './medium-table.mjs';

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
    'The same networks in measured time: milliseconds of one core for an image, at their final ' +
      `strides (strided / spectral / DiffStride; medians of ${rounds} rounds over all networks, batches ` +
      `of ${batch}, wasm; ${machine}, ${date}; \`${command}\`). The step is the forward and the ` +
      'backward pass.',
    markdownTable(
      ['initial strides', 'training step, ms', 'classification, ms'],
      starts.map((strides) => [`(${strides.replaceAll(' ', ', ')})`, ...times(strides)]),
    ),
  ].join('\n\n');
}

/** A sentence of the README: the ranges over the starts. */
export function timeSentence({ rows }) {
  const spans = (kind) =>
    POOLINGS.map((pooling) => {
      const own = rows.filter((row) => row.pooling === pooling).map((row) => row[kind].median);
      return `${Math.min(...own).toFixed(1)} to ${Math.max(...own).toFixed(1)}`;
    });
  const [conv, spectral, learned] = spans('step');
  return (
    `On one core, an image costs ${conv} ms of training with strided convolutions, ${spectral} with ` +
    `spectral pooling and ${learned} with DiffStride, and ${spans('classify').join(', ')} ms to classify.`
  );
}
