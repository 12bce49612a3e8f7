/** The program of the editor, as it is kept until the tab closes. */
export interface KeptProgram {
  program: string;
  /** The title of the example that it began as, or an empty text. */
  example: string;
}

/** A program of a link has a place of its own, so that it replaces no other. */
const placeOf = (hash: string) => `playground-program${hash}`;

/** Keeps the program of an address, if the browser has room and lets pages keep anything. */
export function keepProgram(hash: string, kept: KeptProgram): void {
  try {
    sessionStorage.setItem(placeOf(hash), JSON.stringify(kept));
  } catch {
    // The program stays in the editor.
  }
}

/** The program that was kept for an address, or `null`. */
export function keptProgram(hash: string): KeptProgram | null {
  try {
    return JSON.parse(sessionStorage.getItem(placeOf(hash)) ?? 'null');
  } catch {
    return null;
  }
}
