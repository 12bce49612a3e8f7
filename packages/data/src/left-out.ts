/** What a listing leaves out. */
export type Thing = 'file' | 'folder' | 'link';

/** Names that a sentence gives of each reason. */
const EXAMPLES = 3;

/** `1 file`, `2 files`. */
export function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? '' : 's'}`;
}

/** The first of some names, and a sign that there are more. */
export function firstOf(names: string[], count = names.length): string {
  return `${names.slice(0, EXAMPLES).join(', ')}${count > EXAMPLES ? ', …' : ''}`;
}

/** Counts what a listing leaves out, by the reason, and keeps the first names of each. */
export class LeftOut {
  readonly #reasons: Record<Thing, Map<string, { count: number; names: string[] }>> = {
    file: new Map(),
    folder: new Map(),
    link: new Map(),
  };

  /** Counts one; the reason reads on from a number: `2 leading nowhere`. */
  add(thing: Thing, reason: string, name: string): void {
    const known = this.#reasons[thing].get(reason) ?? { count: 0, names: [] };
    known.count += 1;
    if (known.names.length < EXAMPLES) known.names.push(name);
    this.#reasons[thing].set(reason, known);
  }

  /** A sentence for files, for folders and for links: `3 files left out: 2 .txt (a.txt, b.txt), …`. */
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

  /** For the end of an error: the sentences in brackets, or nothing. */
  inBrackets(): string {
    const sentences = this.sentences();
    return sentences.length === 0 ? '' : ` (${sentences.join('; ')})`;
  }
}
