import type { FrozenLayer, RoundedPooling } from '@ds/models';
import Table from 'cli-table3';
import { formatCount, formatPair, formatShare } from '../text/format.js';
import { visibleText } from '../text/visible-text.js';
import { wordingOf } from '../text/wording.js';
import type { FrozenRun } from './freeze-run.js';

const STYLE = { style: { head: [], border: [] } };

/** The result of `freeze` as text: what each layer became, then both networks side by side. */
export function freezeTables(frozen: FrozenRun): string {
  const { output, score, layers, before, after, rounding, agreement } = frozen;
  const { thing, things } = wordingOf(frozen);
  const became = new Table({ head: ['layer', 'was', 'input', 'output', 'became'], ...STYLE });
  for (const row of layers) {
    const { layer, className, inputShape, outputShape, stock } = row;
    const sizes = [inputShape, outputShape].map((shape) => shape.map((n) => n ?? '?').join('×'));
    became.push([visibleText(layer), className.replace('ds>', ''), ...sizes, phrase(stock)]);
  }
  const compared = new Table({ head: ['', 'before', 'after'], ...STYLE });
  compared.push([
    `multiply-adds for one ${thing}`,
    formatCount(before.macs),
    formatCount(after.macs),
  ]);
  for (const [name, key] of [
    [score, 'accuracy'],
    [score, 'meanAveragePrecision'],
    ['shift consistency', 'consistency'],
  ] as const) {
    const [first, second] = [before[key], after[key]];
    if (first === undefined || second === undefined) continue;
    compared.push([name, formatShare(first), formatShare(second)]);
  }
  return [
    layers.length > 0 ? `${became}` : 'No layer needed to change.',
    ...(rounding ? [roundedTable(rounding.poolings)] : []),
    `${compared}`,
    ...(rounding ? [statisticsSentence(rounding.statisticsImages, things)] : []),
    ...(agreement
      ? [
          `Both predict the same class for ${formatShare(agreement.share)} of ` +
            `${agreement.images} ${things}.`,
        ]
      : []),
    `The frozen model is in ${visibleText(output)}.`,
  ].join('\n');
}

/** `5 layers: Permute ×3, Conv2D ×2` for the classes of stock layers. */
function phrase(stock: FrozenLayer['stock']): string {
  if (stock === null) return 'kept';
  if (stock.length === 0) return 'nothing: the identity';
  const counts = new Map<string, number>();
  for (const name of stock) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts].map(([name, n]) => (n === 1 ? name : `${name} ×${n}`)).join(', ');
}

function statisticsSentence(images: number, things: string): string {
  return images === 0
    ? 'Rounded. The batch norms have their old statistics, which do not fit the new maps.'
    : `Rounded, statistics recomputed on ${formatCount(images)} training ${things}.`;
}

function roundedTable(poolings: RoundedPooling[]): string {
  const table = new Table({
    head: ['layer', 'strides', 'map', 'rounded', 'map', 'taps', 'energy of the taps'],
    ...STYLE,
  });
  for (const { layer, learned, learnedSize, rounded, roundedSize, taps, energy } of poolings) {
    table.push([
      visibleText(layer),
      formatPair(learned),
      learnedSize.join('×'),
      formatPair(rounded),
      roundedSize.join('×'),
      taps.join('×'),
      formatShare(energy),
    ]);
  }
  return `${table}`;
}
