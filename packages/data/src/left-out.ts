/** Kinds of entries that a listing can leave out. */
export type Thing = 'file' | 'folder' | 'link';

/** Number of example names for each reason. */
const EXAMPLES = 3;

/** `1 file`, `2 files`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** The first few names, followed by `…` if there are more. */
export function firstOf(names: string[], count = names.length): string {
  return `${names.slice(0, EXAMPLES).join(', ')}${count > EXAMPLES ? ', …' : ''}`;
}

/** Counts the entries left out of a listing by reason, and keeps the first names of each reason. */
export class LeftOut {
  readonly #reasons: Record<Thing, Map<string, { count: number; names: string[] }>> = {
    file: new Map(),
    folder: new Map(),
    link: new Map(),
  };

  /** Counts one entry. The reason follows a number in the sentence: `2 broken`. */
  add(thing: Thing, reason: string, name: string): void {
    const known = this.#reasons[thing].get(reason) ?? { count: 0, names: [] };
    known.count += 1;
    if (known.names.length < EXAMPLES) known.names.push(name);
    this.#reasons[thing].set(reason, known);
  }

  /**
   * One sentence each for files, folders and links: `3 files left out: 2 .txt (a.txt, b.txt), …`.
   */
  sentences(): string[] {
    return Object.entries(this.#reasons).flatMap(([thing, reasons]) => {
      if (reasons.size === 0) return [];
      const parts = [...reasons].map(
        ([reason, { count, names }]) => `${count} ${reason} (${firstOf(names, count)})`,
      );
      const total = [...reasons.values()].reduce((sum, { count }) => sum + count, 0);
      return [`${counted(total, thing)} left out: ${parts.join(', ')}`];
    });
  }

  /** The sentences in brackets for the end of an error, or an empty string. */
  inBrackets(): string {
    const sentences = this.sentences();
    return sentences.length === 0 ? '' : ` (${sentences.join('; ')})`;
  }
}
