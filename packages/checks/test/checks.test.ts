import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';
import {
  describe as describeValue,
  LARGEST_SIZE,
  nearest,
  oneOf,
  requireArray,
  requireBoolean,
  requireFunction,
  requireInteger,
  requireList,
  requireNumber,
  requireNumbers,
  requireOptions,
  requirePositive,
  requireSize,
  requireString,
  requireTensor,
  requireThreshold,
} from '../src/index.js';

it.each<[unknown, string]>([
  [3, '3'],
  [Number.NaN, 'NaN'],
  [undefined, 'undefined'],
  [null, 'null'],
  [10n, '10n'],
  [Symbol('a'), 'Symbol(a)'],
  ['red', '"red"'],
  ['x'.repeat(1e6), `"${'x'.repeat(60)}…"`],
  [[0, 2], '[0, 2]'],
  [[[1, 2], 'a'], '[[…], "a"]'],
  [Array.from({ length: 1e5 }, () => 1), '[1, 1, 1, 1, 1, 1, 1, 1, 1, …]'],
  [Array.from({ length: 9 }, () => 1), '[1, 1, 1, 1, 1, 1, 1, 1, 1]'],
  [new Float32Array(5), 'Float32Array(5)'],
  [new Map(), 'Map()'],
  [{ a: 1, b: 2 }, '{ a, b }'],
  [() => 1, 'a function'],
  [Object.create(null), '{  }'],
])('describes %#', (value, said) => {
  expect(describeValue(value)).toBe(said);
});

it('describes tensors', () => {
  expect(describeValue(tf.zeros([2, 3], 'int32'))).toBe('Tensor()');
});

it('names the allowed range of numbers', () => {
  expect(requireNumber('f', 'x', 0.5, 0, 1)).toBe(0.5);
  const said = (check: () => unknown) => (message: string) => expect(check).toThrow(message);
  said(() => requireNumber('f', 'x', Number.NaN))('f: x must be a finite number, got NaN');
  said(() => requireNumber('f', 'x', '3', 0))('f: x must be a finite number >= 0, got "3"');
  said(() => requireNumber('f', 'x', 2, 0, 1))('f: x must be a finite number in 0 … 1, got 2');
  said(() => requireInteger('f', 'x', 0.5))('f: x must be an integer, got 0.5');
  said(() => requireInteger('f', 'x', 2 ** 53))('f: x must be an integer, got');
});

it('refuses sizes that are too large', () => {
  expect(requireSize('f', 'n', LARGEST_SIZE)).toBe(LARGEST_SIZE);
  expect(() => requireSize('f', 'n', 1e9)).toThrow('f: n must be an integer in 1 … 16777216, got');
  expect(() => requireSize('f', 'n', 0)).toThrow('f: n must be an integer >= 1, got 0');
  expect(requireSize('f', 'n', 0, 0)).toBe(0);
});

it('checks choices and types', () => {
  oneOf('a', 'b')('f', 'x', 'b');
  expect(() => oneOf('a', 'b', 'c')('f', 'x', 'd')).toThrow(
    "f: x must be 'a', 'b' or 'c', got \"d\"",
  );
  expect(() => oneOf(1, 2)('f', 'x', 3)).toThrow('f: x must be 1 or 2, got 3');
  expect(() => oneOf('a')('f', 'x', 3)).toThrow("f: x must be 'a', got 3");
  expect(() => requireBoolean('f', 'x', 0)).toThrow('f: x must be a boolean, got 0');
  expect(() => requireString('f', 'x', '')).toThrow('must be a non-empty string, got ""');
  expect(() => requireFunction('f', 'x', {})).toThrow('must be a function, got {  }');
  expect(() => requirePositive('f', 'x', 0)).toThrow('f: x must be a finite number > 0, got 0');
  expect(requireThreshold('f', 'x', 0.1)).toBe(0.1);
  for (const wrong of [0, 1, Number.NaN, '0.5']) {
    expect(() => requireThreshold('f', 'x', wrong)).toThrow(
      'f: x must be a number above 0 and below 1, got ',
    );
  }
});

it('checks lists', () => {
  requireList('f', 'x', new Float32Array(2), 2);
  expect(() => requireList('f', 'x', 'ab')).toThrow('f: x must be an array, got "ab"');
  expect(() => requireList('f', 'x', { length: 2 })).toThrow('must be an array');
  expect(() => requireList('f', 'x', new DataView(new ArrayBuffer(2)))).toThrow('be an array');
  expect(() => requireList('f', 'x', [1], 2)).toThrow('f: x must have 2 values, got');
  expect(() => requireList('f', 'x', [])).toThrow('f: x must have at least one value, got 0');
  expect(() => requireNumbers('f', 'x', [1, Number.NaN], 2, requireSize)).toThrow(
    'f: x[1] must be an integer >= 1, got NaN',
  );
});

it('checks arrays of any length', () => {
  expect(requireArray('f', 'x', [])).toBe(0);
  expect(requireArray('f', 'x', new Uint8Array(3))).toBe(3);
  for (const given of [undefined, null, 'ab', { length: 2 }, new DataView(new ArrayBuffer(2))]) {
    expect(() => requireArray('f', 'x', given)).toThrow('f: x must be an array, got ');
  }
});

it('refuses a wrong rank or type, empty tensors and disposed tensors', () => {
  const refused =
    (value: unknown, rule = {}) =>
    (message: string) =>
      expect(() => requireTensor('f', 'x', value, rule)).toThrow(message);
  requireTensor('f', 'x', tf.ones([2, 2]), { rank: 2 });
  requireTensor('f', 'x', tf.ones([2], 'int32'), { dtype: 'any' });
  requireTensor('f', 'x', tf.tensor1d(['a']), { dtype: 'any' });
  for (const dtype of ['float32', 'int32', 'bool'] as const) {
    requireTensor('f', 'x', tf.ones([2], dtype), { dtype: 'real' });
  }
  for (const x of [tf.tensor1d(['a']), tf.complex([1], [2])]) {
    refused(x, { dtype: 'real' })(`f: x must be float32, int32 or bool, got ${x.dtype}`);
  }
  refused([1, 2])('f: x must be a tensor, got [1, 2]');
  refused({ shape: [2] })('f: x must be a tensor, got { shape }');
  refused(tf.ones([2]), { rank: 3, axes: '[a, b, c]' })(
    'f: x must have rank 3 ([a, b, c]), got shape [2]',
  );
  refused(tf.scalar(1), { minRank: 1 })('f: x must have rank >= 1, got');
  refused(tf.ones([2], 'bool'))('f: x must be float32, got bool');
  refused(tf.ones([0, 2]))('f: x must have no empty axis, got shape [0,2]');
  const gone = tf.ones([2]);
  gone.dispose();
  refused(gone)('f: x must not be disposed, got a disposed tensor');
});

it.each([
  ['stride', 'strides'],
  ['smoothnes', 'smoothness'],
  ['filtersize', 'filterSize'],
  ['STRIDES', 'strides'],
])('for %s it suggests %s', (given, meant) => {
  const known = { strides: requireSize, smoothness: requireNumber, filterSize: requireSize };
  requireOptions('f', 'options', { strides: 2, smoothness: undefined }, known);
  expect(() => requireOptions('f', 'options', { [given]: 2 }, known)).toThrow(
    `f: options must have no '${given}' (${meant}?), got { ${given} }`,
  );
});

it('checks given options and required options', () => {
  const checks = { a: requireSize, b: requireSize };
  requireOptions<{ a?: number; b?: number }>('f', 'options', { b: 2 }, checks);
  expect(() => requireOptions('f', 'options', { b: null }, checks)).toThrow(
    'f: b must be an integer >= 1, got null',
  );
  expect(() => requireOptions('f', 'options', { b: 2 }, checks, ['a'])).toThrow(
    'f: a must be an integer >= 1, got undefined',
  );
  expect(() => requireOptions('f', 'shuffle', { b: 0 }, checks)).toThrow(
    'f: shuffle.b must be an integer >= 1, got 0',
  );
});

it('refuses options that are not an object', () => {
  const known = { a: requireSize, bc: requireSize };
  for (const given of [null, undefined, 3, 'text', [1]]) {
    expect(() => requireOptions('f', 'options', given, known)).toThrow(
      'f: options must be an object, got',
    );
  }
});

it.each([
  ['filtersize', ['padding', 'filterSize', 'strides'], 'filterSize'],
  ['blurr', ['max-blur', 'blur', 'spectral'], 'blur'],
  ['', ['ab', 'a'], 'a'],
])('nearest: %j among %j is %j', (given, names, expected) => {
  expect(nearest(given, names)).toBe(expected);
});

it('nearest: without names it returns undefined', () => {
  expect(nearest('a', [])).toBeUndefined();
});

it('suggests no name for options without any', () => {
  expect(() => requireOptions('f', 'options', { a: 1 }, {})).toThrow(
    /^f: options must have no 'a', got \{ a \}$/,
  );
});
