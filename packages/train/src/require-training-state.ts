import {
  type Check,
  type Checks,
  integerIn,
  refuse,
  requireArray,
  requireInteger,
  requireNumbers,
  requireObject,
} from '@ds/checks';
import type { TrainingState } from './training-state.js';

/**
 * Checks that a value has the parts of a training state. `requireStateOf` checks whether they suit
 * a model.
 *
 * @throws ConfigError that names the part that is missing or wrong.
 */
export const requireTrainingState: Check = (fn, name, value) => {
  requireObject(fn, name, value);
  const state = value as Partial<TrainingState>;
  for (const [part, check] of Object.entries(PARTS)) {
    check(fn, `${name}.${part}`, state[part as keyof TrainingState]);
  }
};

const requireTensors: Check = (fn, name, value) => {
  requireEach(fn, name, value, (tensor, at) => {
    requireObject(fn, at, tensor);
    const { shape, values } = tensor as { shape?: unknown; values?: unknown };
    requireArray(fn, `${at}.shape`, shape);
    const sides = shape as number[];
    if (sides.length > 0) requireNumbers(fn, `${at}.shape`, sides, undefined, integerIn(0));
    const size = sides.reduce((product, side) => product * side, 1);
    if (requireArray(fn, `${at}.values`, values) !== size) {
      refuse(fn, `${at}.values`, `have ${size} values, for shape [${sides}]`, values);
    }
  });
};

const PARTS: Checks<TrainingState> = {
  epoch: integerIn(0),
  position: integerIn(0),
  step: integerIn(0),
  totals: (fn, name, value) => requireNumberFields(fn, name, value, TOTALS),
  epochs: (fn, name, value) =>
    requireEach(fn, name, value, (epoch, at) => requireObject(fn, at, epoch)),
  weights: requireTensors,
  statistics: (fn, name, value) =>
    requireEach(fn, name, value, (tensors, at) => requireTensors(fn, at, tensors)),
  optimizer: (fn, name, value) => {
    requireObject(fn, name, value);
    const { steps, slots } = value as { steps?: unknown; slots?: unknown };
    requireInteger(fn, `${name}.steps`, steps, 0);
    requireEach(fn, `${name}.slots`, slots, (tensors, at) => {
      if (tensors !== null) requireTensors(fn, at, tensors);
    });
  },
  draws: (fn, name, value) => {
    requireObject(fn, name, value);
    for (const [path, count] of Object.entries(value as object)) {
      requireInteger(fn, `${name}['${path}']`, count, 0);
    }
  },
};

const TOTALS = ['loss', 'correct', 'images', 'seconds'];

function requireEach(
  fn: string,
  name: string,
  value: unknown,
  check: (one: unknown, at: string) => void,
): void {
  if (!Array.isArray(value)) refuse(fn, name, 'be an array', value);
  for (const [index, one] of value.entries()) check(one, `${name}[${index}]`);
}

/** A loss may be infinite or NaN, so this checks the type only. */
function requireNumberFields(fn: string, name: string, value: unknown, fields: string[]): void {
  requireObject(fn, name, value);
  for (const field of fields) {
    const number = (value as Record<string, unknown>)[field];
    if (typeof number !== 'number') refuse(fn, `${name}.${field}`, 'be a number', number);
  }
}
