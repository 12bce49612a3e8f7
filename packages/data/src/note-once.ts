/** Called with a sentence about what was skipped, guessed or cut. */
export type OnNote = (note: string) => void;

const told = new WeakMap<OnNote, Set<string>>();

/**
 * Calls a listener once for each kind of note, with the first file affected, over all files and
 * passes.
 */
export function noteOnce(listener: OnNote | undefined, kind: string, note: string): void {
  if (!listener) return;
  const kinds = told.get(listener) ?? new Set();
  told.set(listener, kinds);
  if (kinds.has(kind)) return;
  kinds.add(kind);
  listener(note);
}
