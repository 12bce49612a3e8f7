import { refuse } from './refuse.js';

/** @throws RangeError if a value is not one of the choices. */
export function requireOneOf<Choice extends string | number>(
  fn: string,
  name: string,
  value: unknown,
  choices: readonly Choice[],
): Choice {
  if (choices.includes(value as Choice)) return value as Choice;
  const quoted = choices.map((one) => (typeof one === 'string' ? `'${one}'` : `${one}`));
  const rest = quoted.slice(0, -1).join(', ');
  return refuse(fn, name, `be ${rest ? `${rest} or ` : ''}${quoted.at(-1)}`, value);
}

/** What a value may be by `typeof`. */
interface Types {
  boolean: boolean;
  string: string;
  function: (...args: never[]) => unknown;
}

/** @throws RangeError if a value is not of a type; a string must not be empty. */
export function requireType<Name extends keyof Types>(
  fn: string,
  name: string,
  value: unknown,
  type: Name,
): Types[Name] {
  if (typeof value === type && value !== '') return value as Types[Name];
  return refuse(fn, name, `be a ${type === 'string' ? 'non-empty string' : type}`, value);
}
