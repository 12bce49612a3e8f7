import { z } from 'zod';

/** A list of at least `least` numbers, or the same numbers joined by commas: `3,1,3`. */
export function numberList(item: z.ZodType<number, number>, least = 0) {
  const list = z.array(item).min(least);
  const joined = z.string().transform((text, context) => {
    const isNumber = (part: string) => part.trim() !== '' && Number.isFinite(Number(part));
    const wrong = text.split(',').find((part) => !isNumber(part));
    if (wrong === undefined) return text.split(',').map(Number);
    context.addIssue({
      code: 'custom',
      message: `expected numbers joined by commas, of which '${wrong}' is none`,
    });
    return z.NEVER;
  });
  return z.union([list, joined.pipe(list)]);
}

/** A list of names, or the same names joined by commas. A number becomes a string. */
export function nameList() {
  const name = z.union([z.string(), z.number().transform(String)]);
  const joined = z.string().transform((text) => text.split(',').map((part) => part.trim()));
  return z.union([z.array(name).min(1), joined.pipe(z.array(z.string()).min(1))]);
}
