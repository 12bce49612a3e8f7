/** The change of the list that replaces something, and its place in the list. */
interface Owner {
  name: string;
  rank: number;
}

const NOBODY: Owner = { name: '', rank: -1 };

let owner = NOBODY;

/**
 * Runs the function that makes a change. What it replaces belongs to the change, so that it can be
 * taken back. Only one function may run at a time.
 */
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
 * One place in a registry of tfjs: what was there first, and the layers that changes have put over
 * it. Each layer is made from the one below. Layers lie in the order of the list of changes, not in
 * the order in which they came.
 */
export class ReplacementStack<T> {
  private layers: Layer<T>[] = [];
  private first: T | undefined;
  private ours: T | undefined;

  constructor(
    private readonly read: () => T | undefined,
    private readonly write: (value: T | undefined) => void,
  ) {}

  /** Puts a layer over the place, for the change that is being made. */
  put(make: Layer<T>['make']): void {
    const others = this.layers.filter((layer) => layer.owner.name !== owner.name);
    this.build([...others, { owner, make }].toSorted((a, b) => a.owner.rank - b.owner.rank));
  }

  /** Takes out the layer of a change. */
  take(name: string): void {
    const left = this.layers.filter((layer) => layer.owner.name !== name);
    if (left.length < this.layers.length) this.build(left);
  }

  /** Returns the changes with layers in the registry now. */
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
    // What other code has put there since stays there.
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
