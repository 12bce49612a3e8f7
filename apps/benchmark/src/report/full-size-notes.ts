import type { RunResult } from '../run/run-result.js';

/** Names the poolings whose final strides leave the map at its size, with the remedy of each. */
export function fullSizeNotes(runs: RunResult[]): string[] {
  const notes = runs.flatMap(({ final }) =>
    final.layers.flatMap(({ layer, note }) => (note ? [`${layer}: ${note}`] : [])),
  );
  return [...new Set(notes)];
}

/** A table for the terminal, with the notes of its runs below it. Often there are none. */
export function withFullSizeNotes(table: string, runs: RunResult[]): string {
  const notes = fullSizeNotes(runs);
  if (notes.length === 0) return table;
  return [
    table,
    '',
    'These strides do not reduce their maps:',
    ...notes.map((one) => `- ${one}`),
  ].join('\n');
}
