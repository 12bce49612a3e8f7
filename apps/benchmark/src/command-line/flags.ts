import { InvalidArgumentError } from 'commander';

/** Parses a flag's value as a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`must be a number, got '${text}'`);
  }
  return value;
}

/** Parses a flag's value as a number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError(`must be a number > 0, got '${text}'`);
  return value;
}

/** Parses a flag's value as a positive integer. */
export function count(text: string): number {
  const value = number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(`must be an integer >= 1, got '${text}'`);
  }
  return value;
}

/** Parses a flag's value as an integer of at least 0. */
export function countOrZero(text: string): number {
  return number(text) === 0 ? 0 : count(text);
}

/** The sides of a picture: two pixels have a middle, and larger ones fit in memory. */
const SIDES = [2, 4096] as const;

/** Parses the side of a picture in pixels. */
export function pictureSide(text: string): number {
  const value = number(text);
  if (!Number.isInteger(value) || value < SIDES[0] || value > SIDES[1]) {
    throw new InvalidArgumentError(`must be an integer in ${SIDES.join(' … ')}, got '${text}'`);
  }
  return value;
}

/** Parses numbers joined by commas. */
export function numbers(text: string): number[] {
  return text.split(',').map(number);
}

/** Parses the path of a file or folder. An unset shell variable gives an empty path. */
export function filePath(text: string): string {
  if (text.trim() === '') {
    throw new InvalidArgumentError(`must be a path, got '${text}'. Is a variable unset?`);
  }
  return text;
}
