import { refuse } from './refuse.js';
import { requireInteger, requireNumber } from './require-number.js';

/** A check of one argument or option. It throws what {@link refuse} throws. */
export type Check = (fn: string, name: string, value: unknown) => unknown;

/** Makes a check that a value is one of several words or numbers. */
export function oneOf(...choices: (string | number)[]): Check {
  return (fn, name, value) => {
    if (choices.includes(value as string)) return;
    const quoted = choices.map((one) => (typeof one === 'string' ? `'${one}'` : one));
    const rest = quoted.slice(0, -1).join(', ');
    refuse(fn, name, `be ${rest}${rest && ' or '}${quoted.at(-1)}`, value);
  };
}

/** Makes a {@link requireNumber} check with these bounds. */
export function numberIn(min: number, max?: number): Check {
  return (fn, name, value) => requireNumber(fn, name, value, min, max);
}

/** Makes a {@link requireInteger} check with these bounds. */
export function integerIn(min: number, max?: number): Check {
  return (fn, name, value) => requireInteger(fn, name, value, min, max);
}
