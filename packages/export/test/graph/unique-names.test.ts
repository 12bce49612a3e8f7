import { expect, it } from 'vitest';
import { UniqueNames } from '../../src/graph/unique-names.js';

it('numbers a name that is taken, even by a numbered one', () => {
  const names = new UniqueNames();
  const given = ['a', 'b', 'a_2', 'a', 'a'].map((name) => names.free(name));
  expect(given).toEqual(['a', 'b', 'a_2', 'a_3', 'a_4']);
});
