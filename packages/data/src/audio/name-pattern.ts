import { ConfigError } from '@ds/checks';
/** How files are named. */
export interface NamePattern {
  /** The fields in braces, in order. */
  fields: string[];
  /** The values of the fields in a path, or `null` if it is not so named. */
  valuesOf: (path: string) => Map<string, string> | null;
}

/**
 * Reads a pattern such as `'{digit}_{speaker}_{index}.wav'`. A path fits if its end from the start of
 * a folder's or file's name on does. A field is one character or more without a slash, and as short
 * as the rest allows, the first one first. The time to match grows with the number of fields times
 * the square of the path's length.
 *
 * @throws ConfigError if a field is there twice.
 */
export function namePattern(op: string, pattern: string): NamePattern {
  const parts = pattern.split(/\{(\w+)\}/);
  const fields = parts.filter((_, i) => i % 2 === 1);
  const literals = parts.filter((_, i) => i % 2 === 0);
  const twice = fields.find((field, i) => fields.indexOf(field) !== i);
  if (twice !== undefined) {
    throw new ConfigError(
      `${op}: pattern must have each field once, got {${twice}} twice in '${pattern}'`,
    );
  }
  return {
    fields,
    valuesOf: (path) => {
      const ends = endsIn(path, literals);
      for (let start = 0; start <= path.length; start++) {
        const isStart = start === 0 || path[start - 1] === '/';
        if (isStart && ends[0]![start] !== NONE)
          return readValues(path, start, literals, fields, ends);
      }
      return null;
    },
  };
}

/** No match begins there. */
const NONE = -1;

/**
 * For each literal and each place in a path: where the field behind the literal ends if the literal
 * stands there and the rest of the pattern fits. Behind the last literal that is the path's end.
 */
function endsIn(path: string, literals: string[]): Int32Array[] {
  const ends: Int32Array[] = [];
  for (let at = literals.length - 1; at >= 0; at--) {
    const next = ends[0];
    const row = new Int32Array(path.length + 1).fill(NONE);
    for (let start = 0; start <= path.length; start++) {
      const from = start + literals[at]!.length;
      if (!path.startsWith(literals[at]!, start)) continue;
      if (next) row[start] = shortestField(path, from, next);
      else if (from === path.length) row[start] = from;
    }
    ends.unshift(row);
  }
  return ends;
}

/** Where the shortest field from a place on ends, before a place where the rest fits. */
function shortestField(path: string, from: number, next: Int32Array): number {
  for (let end = from + 1; end <= path.length && path[end - 1] !== '/'; end++) {
    if (next[end] !== NONE) return end;
  }
  return NONE;
}

function readValues(
  path: string,
  start: number,
  literals: string[],
  fields: string[],
  ends: Int32Array[],
): Map<string, string> {
  const values = new Map<string, string>();
  let at = start;
  for (const [i, field] of fields.entries()) {
    const end = ends[i]![at]!;
    values.set(field, path.slice(at + literals[i]!.length, end));
    at = end;
  }
  return values;
}
