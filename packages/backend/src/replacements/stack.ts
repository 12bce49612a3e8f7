/** The change that replaces something, and its position in the list. */
interface Owner {
  name: string;
  rank: number;
}

const NO_OWNER: Owner = { name: '', rank: -1 };

let owner = NO_OWNER;

/**
 * Runs the function that makes a change. Its replacements belong to the change, so that they can be
 * reverted. Only one function may run at a time.
 */
export async function owned<T>(by: Owner, make: () => T | Promise<T>): Promise<T> {
  owner = by;
  try {
    return await make();
  } finally {
    owner = NO_OWNER;
  }
}

interface Layer<T> {
  owner: Owner;
  make: (below: T | undefined) => T | undefined;
}

/**
 * One entry in a registry of tfjs: the original value, and the layers that changes have put over
 * it. Each layer is made from the one below. Layers are in the order of the list of changes, not in
 * the order of their creation.
 */
export class ReplacementStack<T> {
  private layers: Layer<T>[] = [];
  private first: T | undefined;
  private ours: T | undefined;

  constructor(
    private readonly read: () => T | undefined,
    private readonly write: (value: T | undefined) => void,
  ) {}

  /** Adds a layer for the change in progress. */
  put(make: Layer<T>['make']): void {
    const others = this.layers.filter((layer) => layer.owner.name !== owner.name);
    this.build([...others, { owner, make }].toSorted((a, b) => a.owner.rank - b.owner.rank));
  }

  /** Removes the layer of a change. */
  take(name: string): void {
    const left = this.layers.filter((layer) => layer.owner.name !== name);
    if (left.length < this.layers.length) this.build(left);
  }

  /** Returns the changes whose layers are in the registry. */
  owners(): string[] {
    const isThere = this.ours !== undefined && this.read() === this.ours;
    return isThere ? this.layers.map((layer) => layer.owner.name) : [];
  }

  /** Whether there was an original value. */
  get hadOne(): boolean {
    return this.first !== undefined;
  }

  private build(layers: Layer<T>[]): void {
    const current = this.read();
    const isUntouched = this.layers.length === 0 || current === undefined;
    // A value that other code has registered since then stays.
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
