import Table from 'cli-table3';
import type { SpanResult } from './learn-spans.js';

/** Width of the bars, in characters. */
const BAR = 40;

/** The span of every head, as a number and as a bar relative to the largest allowed span. */
export function spanTable({ spans }: SpanResult, maxSpan: number): string {
  const table = new Table({
    head: ['layer', 'head', 'span', `of ${maxSpan} characters`],
    colAligns: ['right', 'right', 'right', 'left'],
    style: { head: [], border: [] },
  });
  spans.forEach((heads, layer) => {
    heads.forEach((span, head) => {
      const filled = Math.round((BAR * span) / maxSpan);
      table.push([layer, head, span.toFixed(1), '█'.repeat(filled).padEnd(BAR, '·')]);
    });
  });
  return table.toString();
}
