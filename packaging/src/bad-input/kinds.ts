import * as tf from '@tensorflow/tfjs';

/** One wrong value of an argument. */
export interface Bad {
  what: string;
  /** Makes the wrong value from the good one, such as options with one wrong option. */
  make: (good: unknown) => unknown;
  /** Names that the message must contain besides the function. By default the argument. */
  names?: string[];
}

/** The wrong values of a kind of argument. */
export type Kind = Bad[];

const value = (what: string, wrong: unknown): Bad => ({ what, make: () => wrong });

const NOTHING: Kind = [value('undefined', undefined), value('null', null)];
const TEXT: Kind = [value('a text', 'text'), value('an empty text', '')];
const OBJECTS: Kind = [value('an object', { a: 1 }), value('a function', () => 1)];
const LIST: Kind = [value('an empty list', [])];

/** A kind without `undefined`, for an argument that may be left out. */
export function optional(kind: Kind): Kind {
  return kind.filter(({ what }) => what !== 'undefined');
}

/** A kind without some of its wrong values. Each of them must be in it. */
export function except(kind: Kind, ...whats: string[]): Kind {
  for (const what of whats) {
    if (!kind.some((bad) => bad.what === what)) throw new Error(`no '${what}' to leave out`);
  }
  return kind.filter(({ what }) => !whats.includes(what));
}

/** A kind without null, for an argument that may be null. */
export function nullable(kind: Kind): Kind {
  return except(kind, 'null');
}

/** A finite number in a range. */
export function number(min = -Infinity, max = Infinity, isOpen = false): Kind {
  const outside = [min, max].flatMap((end, i) => {
    if (!Number.isFinite(end)) return [];
    const beyond = end + (i === 0 ? -1 : 1);
    return [...(isOpen ? [end] : []), beyond].map((wrong) => value(`${wrong}`, wrong));
  });
  return [
    ...NOTHING,
    ...TEXT,
    value("'3'", '3'),
    ...OBJECTS,
    ...LIST,
    value('true', true),
    value('NaN', Number.NaN),
    value('Infinity', Number.POSITIVE_INFINITY),
    value('-Infinity', Number.NEGATIVE_INFINITY),
    value('a bigint', 3n),
    ...outside,
  ];
}

export function integer(min = -Infinity, max = Infinity): Kind {
  const inside = Number.isFinite(min) ? min : 0;
  return [...number(min, max), value(`${inside + 0.5}`, inside + 0.5), value('2 ** 60', 2 ** 60)];
}

/** An integer that determines memory use. */
export function size(min = 1, huge = 1e9): Kind {
  return [...integer(min), value(`${huge}`, huge), value('2 ** 31', 2 ** 31)];
}

/** A pair of numbers, such as strides. A wrong number is tried at each place. */
export function pair(one: Kind, isNumberFine = false): Kind {
  const within = one
    .filter(({ what }) => !what.startsWith('an empty list'))
    .flatMap((bad) =>
      [0, 1].map((at) => ({
        what: `${bad.what} at ${at}`,
        make: (good: unknown) => [good, good].map((g, i) => (i === at ? bad.make(g) : 3)),
      })),
    );
  const whole = isNumberFine ? one : [...NOTHING, ...TEXT, ...OBJECTS, ...LIST, value('3', 3)];
  return [...whole, value('one number', [3]), value('three numbers', [3, 3, 3]), ...within];
}

/** One of the given words. */
export function oneOf(...words: string[]): Kind {
  const first = words[0]!;
  return [
    ...NOTHING,
    ...TEXT,
    ...OBJECTS,
    value('3', 3),
    value('true', true),
    value('in capitals', first.toUpperCase()),
    value('a list of it', [first]),
  ];
}

export function boolean(): Kind {
  return [...NOTHING, ...TEXT, value('1', 1), value('NaN', Number.NaN), ...OBJECTS, ...LIST];
}

export function text(): Kind {
  return [...NOTHING, value('an empty text', ''), value('3', 3), ...OBJECTS, ...LIST];
}

export function callback(): Kind {
  return [...NOTHING, ...TEXT, value('3', 3), value('an object', { a: 1 }), ...LIST];
}

/** An array of numbers, plain or typed. */
export function list({ min = 1 } = {}): Kind {
  return [
    ...NOTHING,
    value('a text', 'text'),
    ...OBJECTS,
    value('3', 3),
    ...(min > 0 ? LIST : []),
    { what: 'one too few', make: (good) => (good as number[]).slice(1) },
    {
      what: 'one too many',
      make: (good) => [...(good as number[]), (good as number[]).at(-1)],
    },
  ];
}

/** A list of numbers, each of which can be wrong. */
export function listOf(one: Kind, { min = 1, isOfOneLength = false } = {}): Kind {
  const whole = list({ min }).filter(({ what }) => isOfOneLength || !what.startsWith('one too'));
  return [
    ...whole,
    ...one.map((bad) => ({
      what: `${bad.what} in it`,
      make: (good: unknown) => [bad.make((good as unknown[])[0]), ...(good as unknown[]).slice(1)],
    })),
  ];
}

/**
 * A tensor. Wrong values are tensors of another rank or type, empty and disposed tensors, and
 * values that are not tensors.
 */
export function tensor({ isOfAnyRank = false, isOfAnyType = false } = {}): Kind {
  const shapeOf = (good: unknown) => (good as tf.Tensor).shape;
  const isWide = (good: unknown) => (good as tf.Tensor).rank > 1;
  return [
    ...NOTHING,
    ...TEXT,
    ...OBJECTS,
    value('3', 3),
    value('NaN', Number.NaN),
    value('a nested list', [[1, 2]]),
    value('something with a shape', { shape: [2, 2], rank: 2, dtype: 'float32' }),
    ...(isOfAnyRank
      ? []
      : [
          { what: 'one axis more', make: (good: unknown) => tf.ones([1, ...shapeOf(good)]) },
          {
            what: 'one axis fewer',
            make: (good: unknown) => tf.ones(isWide(good) ? shapeOf(good).slice(1) : []),
          },
        ]),
    { what: 'no values', make: (good) => tf.zeros([0, ...shapeOf(good).slice(1)]) },
    {
      what: 'disposed',
      make: (good) => {
        const gone = tf.clone(good as tf.Tensor);
        gone.dispose();
        return gone;
      },
    },
    ...(isOfAnyType
      ? []
      : [
          { what: 'int32', make: (good: unknown) => tf.cast(good as tf.Tensor, 'int32') },
          { what: 'bool', make: (good: unknown) => tf.cast(good as tf.Tensor, 'bool') },
        ]),
  ];
}

/** Options by the kind of each. Wrong values have one wrong option or one misspelled name. */
export function options(
  kinds: Record<string, Kind>,
  { required = [] as string[], isStrict = true } = {},
): Kind {
  const one = (name: string) =>
    (required.includes(name) ? kinds[name]! : optional(kinds[name]!)).map((bad) => ({
      what: `${name}: ${bad.what}`,
      names: [name, ...(bad.names ?? [])],
      make: (good: unknown) => {
        const whole = { ...(good as Record<string, unknown>) };
        whole[name] = bad.make(whole[name]);
        return whole;
      },
    }));
  const misspelled = (name: string) =>
    [name.slice(0, -1), name.toLowerCase()]
      .filter((wrong) => !(wrong in kinds))
      .map((wrong) => ({
        what: `${wrong} for ${name}`,
        // If several names are equally near, the message may suggest any of them.
        names: Object.keys(kinds).some((other) => other !== name && other.startsWith(wrong))
          ? [wrong]
          : [wrong, name],
        make: (good: unknown) => {
          const { [name]: given = 1, ...rest } = { ...(good as Record<string, unknown>) };
          return { ...rest, [wrong]: given };
        },
      }));
  return [
    value('null', null),
    ...TEXT,
    value('3', 3),
    value('a list', [1]),
    ...(required.length > 0 ? [{ ...value('undefined', undefined) }] : []),
    ...Object.keys(kinds).flatMap(one),
    ...(isStrict ? Object.keys(kinds).flatMap(misspelled) : []),
  ];
}
