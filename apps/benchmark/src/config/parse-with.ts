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
  const parsed = schema.safeParse(value, { error: issueTexts() });
  if (parsed.success) return parsed.data;
  throw new Error(`${what}:\n${z.prettifyError(parsed.error)}`);
}

/** What an issue says: the rule that a value breaks, and the text with the rule and the value. */
interface Said {
  rule: string;
  text: string;
}

/**
 * Writes the texts of one parse. zod keeps only the text of an issue, so their rules are kept here.
 */
function issueTexts(): (issue: z.core.$ZodRawIssue) => string {
  const rules = new Map<string, string>();
  const ruleOf = ({ message }: z.core.$ZodIssue) => rules.get(message) ?? message;
  return (issue) => {
    const { rule, text } = saidOf(issue, ruleOf);
    rules.set(text, rule);
    return text;
  };
}

function saidOf(issue: z.core.$ZodRawIssue, ruleOf: (issue: z.core.$ZodIssue) => string): Said {
  if (issue.code === 'unrecognized_keys') return unknownKeys(issue);
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const allowed = issue.errors.map((branch) =>
      branch.map((one) => withPlace(ruleOf(one), one.path)).join(' and '),
    );
    return gotten(`Invalid input: ${[...new Set(allowed)].join('; or ')}`, describe(issue.input));
  }
  const said = english(issue);
  const text = (typeof said === 'string' ? said : said?.message) ?? 'Invalid input';
  // The issue of a discriminated union is at the path of its discriminator.
  const field = issue.code === 'invalid_union' ? issue.discriminator : undefined;
  const value = field ? (issue.input as Record<string, unknown>)[field] : issue.input;
  return gotten(text.replace(/, received.*/, ''), value === undefined ? 'none' : describe(value));
}

function gotten(rule: string, value: string): Said {
  return { rule, text: `${rule}, got ${value}` };
}

/** The values that one branch of a union allows. The value itself follows once, at the end. */
function withPlace(rule: string, path: PropertyKey[]): string {
  const allowed = rule.replace(/^Invalid (input|option): /, '');
  return path.length === 0 ? allowed : `${allowed} at [${path.join('.')}]`;
}

function unknownKeys(issue: z.core.$ZodRawIssue<z.core.$ZodIssueUnrecognizedKeys>): Said {
  const { shape } = (issue.inst as z.ZodObject).def;
  const known = Object.keys(shape);
  const input = issue.input as Record<string, unknown>;
  const unknown = issue.keys.map((key) =>
    gotten(`"${key}" (${nearest(key, known)}?)`, describe(input[key])),
  );
  const begin = 'Unrecognized key: ';
  return {
    rule: begin + unknown.map(({ rule }) => rule).join('; '),
    text: `${begin}${unknown.map(({ text }) => text).join('; ')}; allowed are ${known.join(', ')}`,
  };
}
