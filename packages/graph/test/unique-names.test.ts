import { expect, it } from 'vitest';
import { UniqueNames } from '../src/index.js';

it('numbers a name that is taken, even by a numbered one', () => {
  const names = new UniqueNames('_');
  const given = ['a', 'b', 'a_2', 'a', 'a'].map((name) => names.free(name));
  expect(given).toEqual(['a', 'b', 'a_2', 'a_3', 'a_4']);
});

it('does not give a name that was taken before', () => {
  const names = new UniqueNames('.', ['pool', 'pool.2']);
  expect([names.free('pool'), names.free('conv')]).toEqual(['pool.3', 'conv']);
});
