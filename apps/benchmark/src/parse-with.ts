import { describe, nearest } from '@ds/checks';
import { z } from 'zod';

const english = z.core.locales.en().localeError;

/**
 * Parses a value by a schema.
 *
 * @param what a name for the value, used in the error.
 * @throws Error that lists every problem with its path, the value, and the allowed values.
 */
export function parseWith<Schema extends z.ZodType>(
  schema: Schema,
  value: unknown,
  what: string,
): z.output<Schema> {
  const parsed = schema.safeParse(value, { error: messageOf });
  if (parsed.success) return parsed.data;
  throw new Error(`${what}:\n${z.prettifyError(parsed.error)}`);
}

function messageOf(issue: z.core.$ZodRawIssue): string {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const allowed = issue.errors.map((branch) => branch.map(withPlace).join(' and '));
    return `Invalid input: ${[...new Set(allowed)].join('; or ')}, got ${describe(issue.input)}`;
  }
  const said = english(issue);
  const text = (typeof said === 'string' ? said : said?.message) ?? 'Invalid input';
  // The issue of a discriminated union is at the path of its discriminator.
  const field = issue.code === 'invalid_union' ? issue.discriminator : undefined;
  const value = field ? (issue.input as Record<string, unknown>)[field] : issue.input;
  const got = value === undefined ? 'none' : describe(value);
  return `${text.replace(/, received.*/, '')}, got ${got}`;
}

/** The values that one branch of a union allows. The value itself follows once, at the end. */
function withPlace({ path, message }: z.core.$ZodIssue): string {
  const rule = message.replace(/^Invalid (input|option): /, '').replace(/, got .*$/s, '');
  return path.length === 0 ? rule : `${rule} at [${path.join('.')}]`;
}

function unknownKeys(issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): string {
  const { shape } = (issue.inst as z.ZodObject).def;
  const known = Object.keys(shape);
  const input = issue.input as Record<string, unknown>;
  const unknown = issue.keys.map(
    (key) => `"${key}" (${nearest(key, known)}?), got ${describe(input[key])}`,
  );
  return `Unrecognized key: ${unknown.join('; ')}; allowed are ${known.join(', ')}`;
}
