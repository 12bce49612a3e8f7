import type { Child } from 'hono/jsx';
import type { RunResult } from '../run-result.js';

/** Names the poolings whose final strides leave the map at its size, with the remedy of each. */
function notesOf(runs: RunResult[]): string[] {
  const notes = runs.flatMap(({ final }) =>
    final.layers.flatMap(({ layer, note }) => (note ? [`${layer}: ${note}`] : [])),
  );
  return [...new Set(notes)];
}

/** A list of the poolings whose final strides leave the map at its size. Often there are none. */
export function fullSize(runs: RunResult[]): Child {
  const notes = notesOf(runs);
  if (notes.length === 0) return null;
  return (
    <>
      <p class="note">These strides do not reduce their maps:</p>
      <ul class="note">
        {notes.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
    </>
  );
}
