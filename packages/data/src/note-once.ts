/** Told in a sentence what is skipped, guessed or cut. */
export type OnNote = (note: string) => void;

const told = new WeakMap<OnNote, Set<string>>();

/**
 * Tells a listener of a kind of thing. It hears each kind once, with the first file of it, however
 * many files and passes there are.
 */
export function noteOnce(listener: OnNote | undefined, kind: string, note: string): void {
  if (!listener) return;
  const kinds = told.get(listener) ?? new Set();
  told.set(listener, kinds);
  if (kinds.has(kind)) return;
  kinds.add(kind);
  listener(note);
}
