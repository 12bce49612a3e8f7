import { InvalidArgumentError } from 'commander';

/** A flag's value as a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`must be a number, got '${text}'`);
  }
  return value;
}

/** A flag's value as a number above 0. */
export function positive(text: string): number {
  const value = number(text);
  if (value <= 0) throw new InvalidArgumentError(`must be a number > 0, got '${text}'`);
  return value;
}

/** A flag's value as a number of things. */
export function count(text: string): number {
  const value = number(text);
  if (!Number.isInteger(value) || value < 1) {
    throw new InvalidArgumentError(`must be an integer >= 1, got '${text}'`);
  }
  return value;
}

/** Numbers joined by commas. */
export function numbers(text: string): number[] {
  return text.split(',').map(number);
}

/** The path of a file or folder, which an unset variable of the shell leaves empty. */
export function filePath(text: string): string {
  if (text.trim() === '') {
    throw new InvalidArgumentError(`must be a path, got '${text}'. Is a variable unset?`);
  }
  return text;
}
