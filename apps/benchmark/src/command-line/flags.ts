import { InvalidArgumentError } from 'commander';

/** Parses a flag's value as a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`must be a number, got '${text}'`);
  }
  return value;
}

/** Makes a parser of numbers that follow a rule. The rule is in words and as a function. */
export function numberThat(
  rule: string,
  follows: (value: number) => boolean,
): (text: string) => number {
  return (text) => {
    const value = number(text);
    if (follows(value)) return value;
    throw new InvalidArgumentError(`must be ${rule}, got '${text}'`);
  };
}

/** Parses a flag's value as a number above 0. */
export const positive = numberThat('a number > 0', (value) => value > 0);

/** Parses a flag's value as a number of at least 0. */
export const nonNegative = numberThat('a number >= 0', (value) => value >= 0);

/** Parses a flag's value as a stride, a number of at least 1. */
export const stride = numberThat('a number >= 1', (value) => value >= 1);

/** Parses a flag's value as an integer. */
export const integer = numberThat('an integer', Number.isInteger);

/** Parses a flag's value as a positive integer. */
export const count = numberThat(
  'an integer >= 1',
  (value) => Number.isInteger(value) && value >= 1,
);

/** Parses a flag's value as an integer of at least 0. */
export const countOrZero = numberThat(
  'an integer >= 0',
  (value) => Number.isInteger(value) && value >= 0,
);

/** The sides of a picture: two pixels have a middle, and larger ones fit in memory. */
const SIDES = [2, 4096] as const;

/** Parses the side of a picture in pixels. */
export const pictureSide = numberThat(
  `an integer in ${SIDES.join(' … ')}`,
  (value) => Number.isInteger(value) && value >= SIDES[0] && value <= SIDES[1],
);

/** Makes a parser of values joined by commas. */
export function listOf(parse: (text: string) => number): (text: string) => number[] {
  return (text) => text.split(',').map(parse);
}

/** Parses the path of a file or folder. An unset shell variable gives an empty path. */
export function filePath(text: string): string {
  if (text.trim() === '') {
    throw new InvalidArgumentError(`must be a path, got '${text}'. Is a variable unset?`);
  }
  return text;
}
