import { requireArray, requireList, requireObject, requireString } from '@ds/checks';
import { markdownTable } from 'markdown-table';
import type { SwapRow } from './swap-downsampling.js';

/**
 * Formats the report of `swapDownsampling` as a Markdown table, with one row per layer: its class
 * and strides, the pooling with its strides and the layer before it, the output sizes of both, or
 * why the layer stays as it was.
 */
export function swapTable(report: SwapRow[]): string {
  requireArray('swapTable', 'report', report);
  for (const [i, row] of report.entries()) requireRow(`report[${i}]`, row);
  return markdownTable([
    ['layer', 'was', 'is', 'output', 'output now', 'left because'],
    ...report.map(({ layer, className, strides, outputShape, swapped, reason }) => [
      layer,
      `${className} /${strides.join('×')}`,
      swapped ? shownPooling(swapped) : 'as it was',
      shownShape(outputShape),
      shownShape(swapped?.outputShape ?? outputShape),
      reason,
    ]),
  ]);
}

function shownPooling({ pooling, after, strides }: NonNullable<SwapRow['swapped']>): string {
  if (pooling === null) return 'stride 1';
  return `stride 1, ${pooling} /${strides.join('×')} after ${after}`;
}

/** A shape with `?` for unknown sizes. */
function shownShape(shape: (number | null)[]): string {
  return shape.map((side) => side ?? '?').join('×');
}

function requireRow(name: string, row: SwapRow): void {
  const op = 'swapTable';
  requireObject(op, name, row);
  requireString(op, `${name}.layer`, row.layer);
  requireString(op, `${name}.className`, row.className);
  requireArray(op, `${name}.strides`, row.strides);
  requireArray(op, `${name}.outputShape`, row.outputShape);
  if (row.swapped === null) {
    requireString(op, `${name}.reason`, row.reason);
    return;
  }
  requireObject(op, `${name}.swapped`, row.swapped);
  requireString(op, `${name}.swapped.after`, row.swapped.after);
  requireList(op, `${name}.swapped.strides`, row.swapped.strides, 2);
  requireArray(op, `${name}.swapped.outputShape`, row.swapped.outputShape);
}
