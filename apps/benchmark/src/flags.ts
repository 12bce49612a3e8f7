import { InvalidArgumentError } from 'commander';

/** A flag's value as a number. */
export function number(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`must be a number, got '${text}'`);
  }
  return value;
}

/** Numbers joined by commas. */
export function numbers(text: string): number[] {
  return text.split(',').map(number);
}
