import { z } from 'zod';
import { HIDDEN } from '../text/visible-text.js';

/** The longest text accepted from a queue, in characters. */
const LONGEST = 2_000;

/** A line of text without control characters. */
export const lineSchema = z
  .string()
  .max(LONGEST)
  .refine((text) => oneLine(text) === text, {
    error: 'must be one line without control characters',
  });

/** A line of text without control characters and HTML tags. */
export const plainSchema = lineSchema.refine((text) => !/[<>]/.test(text), {
  error: 'must be without < and >',
});

/** Makes untrusted text safe for a terminal: one line, cut at the longest accepted length. */
export function printable(text: unknown): string {
  const line = oneLine(String(text));
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function oneLine(text: string): string {
  return text.replace(HIDDEN, '\n').replace(/[\n\t]+/g, ' ');
}
