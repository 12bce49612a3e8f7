import { ConfigError } from '@ds/checks';
/** A parsed file name pattern. */
export interface NamePattern {
  /** The fields in braces, in order. */
  fields: string[];
  /** The values of the fields in a path, or `null` if the path does not match. */
  valuesOf: (path: string) => Map<string, string> | null;
}

/**
 * Parses a pattern such as `'{digit}_{speaker}_{index}.wav'`. A path matches if a suffix of it
 * matches the whole pattern, where the suffix begins at a folder or file name. A field matches one
 * or more characters other than a slash. Each field is as short as possible, from left to right.
 * Matching time grows with the number of fields times the square of the path's length.
 *
 * @throws ConfigError if a field occurs twice.
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

/** Marks a position where no match begins. */
const NONE = -1;

/**
 * Match table, a row for each literal and a column for each position in the path. An entry is the
 * end of the field after the literal, if the literal and the rest of the pattern match from there.
 * For the last literal it is the end of the path.
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

/** The end of the shortest field from `from` after which the rest of the pattern matches. */
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
