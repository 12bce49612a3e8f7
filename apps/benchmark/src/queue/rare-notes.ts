import { printable } from './plain-text.js';

/** Milliseconds during which equal notes are reported once. */
const QUIET_MS = 60_000;

/** Makes notes safe for a terminal, and reports equal notes once a minute. */
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
