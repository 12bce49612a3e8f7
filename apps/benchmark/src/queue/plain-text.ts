import { z } from 'zod';
import { HIDDEN } from '../visible-text.js';

/** The longest text that a queue may bring, in characters. */
const LONGEST = 2_000;

/** A line of text without control characters. */
export const lineSchema = z
  .string()
  .max(LONGEST)
  .refine((text) => oneLine(text) === text, {
    error: 'must be one line without control characters',
  });

/** The same, without the characters that begin and end a tag of HTML. */
export const plainSchema = lineSchema.refine((text) => !/[<>]/.test(text), {
  error: 'must be without < and >',
});

/** What others wrote, fit for a terminal: one line, and no longer than is read. */
export function printable(text: unknown): string {
  const line = oneLine(String(text));
  return line.length > LONGEST ? `${line.slice(0, LONGEST)}…` : line;
}

function oneLine(text: string): string {
  return text.replace(HIDDEN, '\n').replace(/[\n\t]+/g, ' ');
}
