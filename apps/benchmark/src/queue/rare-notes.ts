import { printable } from './plain-text.js';

/** Milliseconds in which the same note is given once. */
const QUIET_MS = 60_000;

/** Notes that are made fit for a terminal, and of which the same one comes once a minute. */
export function rareNotes(onNote: (message: string) => void): (message: string) => void {
  const said = new Map<string, number>();
  return (message) => {
    const now = performance.now();
    for (const [note, at] of said) if (now - at > QUIET_MS) said.delete(note);
    if (said.has(message)) return;
    said.set(message, now);
    onNote(printable(message));
  };
}
