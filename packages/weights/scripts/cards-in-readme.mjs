import { readFileSync, writeFileSync } from 'node:fs';

/** The generated part of the README. */
const PART = /<!-- cards -->[\s\S]*<!-- end -->/;

/** Writes all cards into the README. */
export function writeReadme(file, cards) {
  const readme = readFileSync(file, 'utf8');
  if (!PART.test(readme)) throw new Error(`store: ${file} must have a part for cards, got none`);
  writeFileSync(
    file,
    readme.replace(PART, () => cardsPart(cards)),
  );
}

/** A table of all networks, and a card of each. */
export function cardsPart(cards) {
  const line = (cells) => `| ${cells.join(' | ')} |`;
  const table = [
    line(['network', 'file', 'test accuracy', 'shift consistency', 'multiply-adds', 'strides']),
    line(['---', '---', '---', '---', '---', '---']),
    ...cards.map((card) =>
      line([
        `[\`${card.name}\`](#${card.name})`,
        `${(card.bytes / 1e6).toFixed(2)} MB`,
        accuracyOf(card.results),
        share(card.results.shiftConsistency),
        millions(card.macs),
        stridesOf(card),
      ]),
    ),
  ].join('\n');
  return ['<!-- cards -->', table, ...cards.map(cardOf), '<!-- end -->'].join('\n\n');
}

function cardOf(card) {
  const { data, results, versions } = card;
  const classes =
    card.kind === 'images'
      ? card.classes.join(', ')
      : card.input.tasks.map((task) => `${task.name}: ${task.classes.join(', ')}`).join('; ');
  const rows = [
    ['classes', classes],
    ['data', `[${data.name}](${data.url}): ${data.citation}`],
    ['licence of the data', data.licence],
    ['network', networkOf(card)],
    ['command', `\`${card.command}\`; all settings are in \`dist/files/${card.name}.json\``],
    ['protocol', `${card.protocol}; seed ${card.seed}`],
    ['test accuracy', `${accuracyOf(results)}, of ${results.examples.toLocaleString('en')}`],
    [
      'shift consistency',
      `${share(results.shiftConsistency)}, shifts up to ${results.maxShift} pixels, ` +
        `of ${results.shiftExamples.toLocaleString('en')}`,
    ],
    ['strides after training', stridesOf(card)],
    ['multiply-adds', `${millions(card.macs)} for one input`],
    ['parameters', card.parameters.toLocaleString('en')],
    [
      'trained with',
      Object.entries(versions)
        .map(([key, value]) => `${key} ${value}`)
        .join(', '),
    ],
    ['float16', `changes outputs by at most ${card.float16Error.toPrecision(2)} on random inputs`],
    ['SHA-256', `\`${card.sha256}\``],
  ];
  return [
    `### ${card.name}`,
    [
      '| property | value |',
      '| --- | --- |',
      ...rows.map(([key, value]) => `| ${key} | ${value} |`),
    ].join('\n'),
    `Limits. ${card.limits.join(' ')}`,
  ].join('\n\n');
}

function networkOf({ kind, network }) {
  const config = JSON.stringify(network.poolingConfig);
  const pooling = `pooling \`${network.pooling}\`${config === '{}' ? '' : ` \`${config}\``}`;
  return kind === 'images'
    ? `ResNet-18 of width ${network.width}, ${network.variant}, ${pooling}`
    : `audio network of widths ${network.widths.join(', ')}, ${pooling}`;
}

function accuracyOf({ accuracy, taskAccuracies }) {
  if (!taskAccuracies) return share(accuracy);
  return Object.entries(taskAccuracies)
    .map(([task, value]) => `${task} ${share(value)}`)
    .join(', ');
}

function stridesOf({ strides }) {
  return Object.values(strides)
    .map((pair) => pair.map((one) => Number(one.toFixed(2))).join('×'))
    .join(', ');
}

function share(value) {
  return `${(100 * value).toFixed(1)} %`;
}

function millions(macs) {
  return `${(macs / 1e6).toFixed(1)} M`;
}
