import Table from 'cli-table3';
import type { SpanResult } from './learn-spans.js';

/** Width of the bars, in characters. */
const BAR = 24;

/**
 * Every head's span, as a number and as a bar relative to the largest allowed span, and its work
 * for one more character. A last row has the work of a head with full attention.
 */
export function spanTable({ spans, saving }: SpanResult, maxSpan: number): string {
  const table = new Table({
    head: ['layer', 'head', 'span', `of ${maxSpan}`, 'positions', 'MACs', 'cache'],
    colAligns: ['right', 'right', 'right', 'left', 'right', 'right', 'right'],
    style: { head: [], border: [] },
  });
  const columns = ({ positions, multiplyAdds, bytes }: SpanResult['saving']['fullHead']) => [
    positions,
    multiplyAdds,
    `${(bytes / 1024).toFixed(1)} KiB`,
  ];
  spans.forEach((heads, layer) => {
    heads.forEach((span, head) => {
      const filled = Math.round((BAR * span) / maxSpan);
      const bar = '█'.repeat(filled).padEnd(BAR, '·');
      table.push([layer, head, span.toFixed(1), bar, ...columns(saving.heads[layer]![head]!)]);
    });
  });
  table.push(['full', '', '', '', ...columns(saving.fullHead)]);
  return table.toString();
}

/** What all heads of a model save, in one sentence for each layer. */
export function savingText({ saving: { heads, fullHead, cached } }: SpanResult): string {
  return heads
    .map((layer, at) => {
      const read = layer.reduce((sum, { positions }) => sum + positions, 0);
      const share = read / (layer.length * fullHead.positions);
      const percent = (part: number) => `${(100 * part).toFixed(0)} %`;
      return (
        `In layer ${at}, the masks leave ${percent(share)} of what full attention reads ` +
        `for one more character. The cache holds the last ${cached[at]} of ` +
        `${fullHead.positions} positions, ${percent(cached[at]! / fullHead.positions)}.`
      );
    })
    .join('\n');
}
