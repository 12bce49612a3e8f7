// The section "Why DiffStride is last on sounds" of the page on what could be reproduced.

/**
 * The section, from three stored results: trials of the strides' rate on held-out recordings of
 * known speakers, on speakers in turn, and runs tested on two speakers of whom no trial knew.
 *
 * @param {{ rows: object[] }} known
 * @param {{ rows: object[] }} trials
 * @param {{ rows: object[] }} unseen
 */
export function audioTrialsSection(known, trials, unseen) {
  const variants = [
    ['strided convolutions', 'conv'],
    ['max pooling', 'max'],
    ['spectral pooling', 'spectral'],
    ['DiffStride', 'diffstride', 1],
    ['DiffStride, a tenth of the rate', 'diffstride', 0.1],
    ['DiffStride, strides stay at 2', 'diffstride', 0],
  ];
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const table = [
    [
      'pooling',
      'known speakers, held-out recordings (%)',
      'four unseen speakers in turn (%)',
      'two more unseen speakers (%)',
    ],
    ['---', '---', '---', '---'],
    ...variants.map(([name, pooling, rate]) => [
      name,
      ...[known, trials, unseen].map(({ rows }) => cellOf(rows, pooling, rate)),
    ]),
  ];
  return [
    '## Why DiffStride is last on sounds',
    table.map(line).join('\n'),
    conclusion(known, trials, unseen),
  ].join('\n\n');
}

/** Mean accuracy and deviation of a pooling at a rate of the strides. */
function cellOf(rows, pooling, rate) {
  const row = rowOf(rows, pooling, rate);
  return row ? `${row.accuracy.toFixed(1)} ± ${row.deviation.toFixed(1)}` : '–';
}

function rowOf(rows, pooling, rate) {
  return rows.find(
    (row) =>
      row.pooling === pooling &&
      // A result with one rate has no column for it.
      (rate === undefined || (row.strideRate ?? 1) === rate),
  );
}

/** What the trials say. A test checks that the stored numbers do. */
function conclusion(known, trials, unseen) {
  const points = (a, b) => (a.accuracy - b.accuracy).toFixed(1);
  const of = ({ rows }, pooling, rate) => rowOf(rows, pooling, rate);
  const spectral = of(known, 'spectral');
  const learned = of(trials, 'diffstride', 1);
  const last = of(unseen, 'diffstride');
  return [
    `On known speakers, DiffStride is ${points(spectral, of(known, 'diffstride', 1))} points behind ` +
      `spectral pooling, and ${points(spectral, of(known, 'diffstride', 0))} points with strides ` +
      'that stay at 2. So the move of the strides is not the reason. What is left is the mask: with ' +
      'R = 1 its ramp keeps more frequencies than the strides ask for. All poolings are near 100 % ' +
      'there, so the task tells little.',
    'Speakers that the network never heard are a harder task. With four of them in turn, ' +
      `DiffStride is ${points(learned, of(trials, 'spectral'))} points ahead of spectral pooling ` +
      `and ${points(learned, of(trials, 'conv'))} ahead of strided convolutions, which is the ` +
      'order of the paper. Max pooling, which the paper does not compare, leads. A lower rate of ' +
      'the strides brings nothing, so nothing was changed after these trials.',
    'On the last two speakers, which were looked at once, the order is another one: DiffStride is ' +
      `${points(of(unseen, 'spectral'), last)} points behind spectral pooling. Its three seeds ` +
      `deviate by ${last.deviation.toFixed(1)} points. Here six speakers are too few to tell these ` +
      'poolings apart, and the paper’s lead on sounds is not reproduced.',
  ].join('\n\n');
}
