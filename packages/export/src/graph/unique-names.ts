/** Names of a graph. Each is given once. */
export class UniqueNames {
  private readonly taken = new Set<string>();

  /** Returns the name, or the name with a number if it is taken. */
  free(name: string): string {
    let found = name;
    for (let again = 2; this.taken.has(found); again++) found = `${name}_${again}`;
    this.taken.add(found);
    return found;
  }
}
