import type { Child } from 'hono/jsx';
import type { RunResult } from '../run/run-result.js';
import { fullSizeNotes } from './full-size-notes.js';

/** A list of the poolings whose final strides leave the map at its size. Often there are none. */
export function fullSize(runs: RunResult[]): Child {
  const notes = fullSizeNotes(runs);
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
