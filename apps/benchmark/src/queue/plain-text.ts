import { z } from 'zod';

/** The longest text that a queue may bring, in characters. */
const LONGEST = 2_000;

/** Control characters, and those that turn the direction of a line. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

/** A line of text without control characters. */
export const lineSchema = z
  .string()
  .max(LONGEST)
  .refine((text) => !UNPRINTABLE.test(text), {
    error: 'must be one line without control characters',
  });

/** The same, without the characters that begin and end a tag of HTML. */
export const plainSchema = lineSchema.refine((text) => !/[<>]/.test(text), {
  error: 'must be without < and >',
});

/** What others wrote, fit for a terminal: one line, and no longer than is read. */
export function printable(text: unknown): string {
  const line = String(text).replace(new RegExp(`${UNPRINTABLE.source}+`, 'g'), ' ');
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}
