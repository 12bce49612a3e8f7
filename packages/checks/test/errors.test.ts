import { expect, it } from 'vitest';
import {
  ConfigError,
  DataError,
  refuse,
  requireOptions,
  requireSize,
  requireTensor,
  StateError,
} from '../src/index.js';

it.each([ConfigError, DataError, StateError])('%o has the name of its class', (Kind) => {
  const cause = new Error('below');
  const error = new Kind('f: broke', { cause });
  expect(error).toBeInstanceOf(Error);
  expect(error.name).toBe(Kind.name);
  expect(String(error)).toBe(`${Kind.name}: f: broke`);
  expect(error.cause).toBe(cause);
});

it.each<[string, () => void]>([
  ['refuse', () => refuse('f', 'x', 'be 1', 2)],
  ['requireSize', () => requireSize('f', 'x', 0)],
  ['requireTensor', () => requireTensor('f', 'x', {})],
  [
    'requireTensor with a rank',
    () => requireTensor('f', 'x', { dataId: {}, shape: [], dtype: 'float32' }, { rank: 2 }),
  ],
  ['requireOptions', () => requireOptions('f', 'options', { y: 1 }, { x: requireSize })],
])('%s throws a ConfigError, which is a RangeError', (_, check) => {
  expect(check).toThrow(ConfigError);
  expect(check).toThrow(RangeError);
});
