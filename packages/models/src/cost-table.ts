import { requireList, requireNumber, requireObject, requireString } from '@ds/checks';
import { markdownTable } from 'markdown-table';
import type { LayerCost } from './cost-report.js';

/**
 * Formats a cost report as a Markdown table, with one row per layer and a row of totals. The
 * columns are output size, multiply-adds, parameters, and the bytes of the output in float32. Below
 * it are the notes of the layers, as a list.
 */
export function costTable(report: LayerCost[]): string {
  requireList('costTable', 'report', report);
  for (const [i, row] of report.entries()) requireRow(`report[${i}]`, row);
  const numbers = ({
    macs,
    parameters,
    activationBytes,
  }: Omit<LayerCost, 'layer' | 'outputShape'>) =>
    [macs, parameters, activationBytes].map((count) => count.toLocaleString('en'));
  const total = (key: 'macs' | 'parameters' | 'activationBytes') =>
    report.reduce((sum, row) => sum + row[key], 0);
  const totals = {
    macs: total('macs'),
    parameters: total('parameters'),
    activationBytes: total('activationBytes'),
  };
  const table = markdownTable(
    [
      ['layer', 'output', 'MACs', 'parameters', 'activation bytes'],
      ...report.map((row) => [row.layer, row.outputShape.join('×'), ...numbers(row)]),
      ['**total**', '', ...numbers(totals)],
    ],
    { align: ['l', 'l', 'r', 'r', 'r'] },
  );
  const notes = report.flatMap(({ layer, note }) => (note ? [`- ${layer}: ${note}`] : []));
  return notes.length > 0 ? [table, '', ...new Set(notes)].join('\n') : table;
}

function requireRow(name: string, row: LayerCost): void {
  requireObject('costTable', name, row);
  requireString('costTable', `${name}.layer`, row.layer);
  requireList('costTable', `${name}.outputShape`, row.outputShape);
  for (const key of ['macs', 'parameters', 'activationBytes'] as const) {
    requireNumber('costTable', `${name}.${key}`, row[key]);
  }
  if (row.note !== undefined) requireString('costTable', `${name}.note`, row.note);
}
