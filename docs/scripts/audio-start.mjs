// The section "Where the strides go on sounds" of the page on what could be reproduced.
import { markdownTable } from './markdown-table.mjs';
import { resultCell } from './result-cells.mjs';

/**
 * The section, from the stored first steps of the audio network and the stored runs of the audio
 * table.
 */
export function audioStartSection({ date, steps, classes, rows }, { strides, rows: table }) {
  const losses = rows.filter(({ head }) => head !== 'zeros').map(({ loss }) => loss);
  const ends = strides
    .filter(({ pooling }) => pooling === 'diffstride')
    .map(({ final }) => final['block4.pool'][0]);
  const [least, most] = [Math.min(...ends), Math.max(...ends)].map((end) => end.toFixed(1));
  const macs = (pooling) =>
    resultCell(
      table.find((row) => row.learned === 'digit' && row.pooling === pooling),
      'macs',
    );
  return [
    '## Where the strides go on sounds',
    'DiffStride is last on sounds, and its strides leave their start before the network has learned ' +
      `much. The table has the first ${steps} of 1,020 steps of the quick run of the digits, and the same steps with ` +
      'shuffled labels, from which nothing can be learned. All strides begin at 2.',
    audioStartTable(rows),
    'In block 3 the stride along time falls, and in block 4 it grows, with the right labels and ' +
      'with shuffled ones. So this move is not an adaptation to the sounds. The likely reason is that ' +
      'smaller logits lower the loss as long as the predictions are wrong. The network ends with a ' +
      'maximum over time and frequency, and a larger stride in block 4 smooths the map before this ' +
      `maximum. The loss begins at ${Math.min(...losses).toFixed(1)} to ` +
      `${Math.max(...losses).toFixed(1)}, where a guess has ln ${classes} = ` +
      `${Math.log(classes).toFixed(1)}. A head of zeros avoids these large logits, but not the move.`,
    'The gradient of a stride falls with 1/S², so a stride that has grown returns slowly. In the ' +
      `stored runs, the stride of block 4 along time ended at ${least} to ${most}.`,
    'Nor are the networks of equal size. With R = 1 an axis of N pixels keeps about N/S + 2 of ' +
      'them, so strides of 2 do not halve small maps: DiffStride begins with maps of 42×22, 24×14, ' +
      '14×10 and 10×8 after the blocks, and max pooling has 39×20, 20×10, 10×5 and 5×3. At the end ' +
      `of the stored runs, DiffStride takes ${macs('diffstride')} multiply-adds, spectral pooling ` +
      `${macs('spectral')}.`,
    `[Below](#why-diffstride-is-last-on-sounds) are trials. \`node docs/scripts/measure-audio-start.mjs <recordings>\` made this table on ${date}.`,
  ].join('\n\n');
}

/** The table of the first steps. */
export function audioStartTable(rows) {
  const cells = rows.map(({ head, labels, seed, loss, accuracy, strides }) => [
    labels,
    head,
    seed,
    loss.toFixed(1),
    accuracy.toFixed(0),
    ...strides.slice(2).map(([time]) => time.toFixed(2)),
  ]);
  return markdownTable(
    [
      'labels',
      'weights of the head',
      'seed',
      'first loss',
      'accuracy of the last 10 steps (%)',
      'time stride, block 3',
      'time stride, block 4',
    ],
    cells,
  );
}
