/** Who replaces something: a change of the list, and its place there. */
interface Owner {
  name: string;
  rank: number;
}

const NOBODY: Owner = { name: '', rank: -1 };

let owner = NOBODY;

/** Runs what makes a change: what it replaces is its own, so that it can be taken back. One at a time. */
export async function owned<T>(by: Owner, make: () => T | Promise<T>): Promise<T> {
  owner = by;
  try {
    return await make();
  } finally {
    owner = NOBODY;
  }
}

interface Layer<T> {
  owner: Owner;
  make: (below: T | undefined) => T | undefined;
}

/**
 * One place of a registry of tfjs's, with what was there first and what changes have put over it, each
 * made from the one below. Changes lie in the order of their list, whenever they came.
 */
export class ReplacementStack<T> {
  private layers: Layer<T>[] = [];
  private first: T | undefined;
  private ours: T | undefined;

  constructor(
    private readonly read: () => T | undefined,
    private readonly write: (value: T | undefined) => void,
  ) {}

  /** Puts a layer over it, for the change that is being made. */
  put(make: Layer<T>['make']): void {
    const others = this.layers.filter((layer) => layer.owner.name !== owner.name);
    this.build([...others, { owner, make }].toSorted((a, b) => a.owner.rank - b.owner.rank));
  }

  /** Takes a change's layer out of it. */
  take(name: string): void {
    const left = this.layers.filter((layer) => layer.owner.name !== name);
    if (left.length < this.layers.length) this.build(left);
  }

  /** The changes whose layers are in the registry now. */
  owners(): string[] {
    const isThere = this.ours !== undefined && this.read() === this.ours;
    return isThere ? this.layers.map((layer) => layer.owner.name) : [];
  }

  /** Whether something was there before. */
  get hadOne(): boolean {
    return this.first !== undefined;
  }

  private build(layers: Layer<T>[]): void {
    const current = this.read();
    const isUntouched = this.layers.length === 0 || current === undefined;
    // What somebody else has put there since stays there.
    if (!isUntouched && current !== this.ours && current !== this.first) return;
    if (this.layers.length === 0) this.first = current;
    this.layers = layers;
    this.ours = undefined;
    let value = this.first;
    for (const { make } of layers) value = make(value);
    if (layers.length > 0) this.ours = value;
    if (value !== current) this.write(value);
  }
}
