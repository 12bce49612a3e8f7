import { requireString } from '@ds/checks';

/** Names of layers, nodes or files. Each is given once. */
export class UniqueNames {
  private readonly taken: Set<string>;

  /**
   * @param separator the characters between a name and its number.
   * @param taken names that are not given.
   * @throws ConfigError if the separator is not a string.
   */
  constructor(
    private readonly separator: string,
    taken: Iterable<string> = [],
  ) {
    requireString('UniqueNames', 'separator', separator);
    this.taken = new Set(taken);
  }

  /**
   * Returns the name. If it is taken, the name gets the first free number from 2 on.
   *
   * @throws ConfigError if the name is not a string.
   */
  free(name: string): string {
    requireString('UniqueNames.free', 'name', name);
    let found = name;
    for (let again = 2; this.taken.has(found); again++) found = `${name}${this.separator}${again}`;
    this.taken.add(found);
    return found;
  }
}
