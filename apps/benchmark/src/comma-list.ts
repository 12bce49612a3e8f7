import { z } from 'zod';
import { numbers } from './flags.js';

/** Numbers as a list, or joined by commas as on the command line: `3,1,3`. */
export function numberList(item: z.ZodType<number, number>) {
  const list = z.array(item).min(1);
  const joined = z.string().transform((text, context) => {
    try {
      return numbers(text);
    } catch (error) {
      context.addIssue({ code: 'custom', message: `each ${(error as Error).message}` });
      return z.NEVER;
    }
  });
  return z.union([list, joined.pipe(list)]);
}

/** Names as a list, or joined by commas. A number is taken for its digits. */
export function nameList() {
  const name = z.union([z.string(), z.number().transform(String)]);
  const joined = z.string().transform((text) => text.split(',').map((part) => part.trim()));
  return z.union([z.array(name).min(1), joined.pipe(z.array(z.string()).min(1))]);
}
