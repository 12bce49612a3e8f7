import { expect, it } from 'vitest';
import { owned, ReplacementStack } from '../../src/replacements/stack.js';

/** A registry entry with a string. Each layer appends a letter. */
function place(first: string | undefined) {
  let held = first;
  const stack = new ReplacementStack<string>(
    () => held,
    (value) => {
      held = value;
    },
  );
  return {
    stack,
    held: () => held,
    hold: (value: string | undefined) => {
      held = value;
    },
    put: (name: string, rank: number) =>
      owned({ name, rank }, () => stack.put((below) => `${below ?? ''}${name}`)),
  };
}

it('orders layers by rank, not by time', async () => {
  const { stack, held, put } = place('-');
  await put('b', 2);
  await put('c', 3);
  await put('a', 1);
  expect(held()).toBe('-abc');
  expect(stack.owners()).toEqual(['a', 'b', 'c']);
  stack.take('b');
  expect(held()).toBe('-ac');
  await put('b', 2);
  await put('b', 2);
  expect(held()).toBe('-abc');
  for (const name of ['a', 'c', 'b', 'b']) stack.take(name);
  expect(held()).toBe('-');
  expect(stack.owners()).toEqual([]);
});

it('removes its value if there was none before', async () => {
  const { stack, held, put } = place(undefined);
  await put('a', 1);
  expect(held()).toBe('a');
  expect(stack.hadOne).toBe(false);
  stack.take('a');
  expect(held()).toBeUndefined();
});

it('keeps a value that other code has put there, until that is removed', async () => {
  const { stack, held, hold, put } = place('-');
  await put('a', 1);
  hold('theirs');
  await put('b', 2);
  stack.take('a');
  expect(held()).toBe('theirs');
  expect(stack.owners()).toEqual([]);
  hold('-');
  await put('b', 2);
  expect(held()).toBe('-ab');
});

it('starts from the value at the time of its first change', async () => {
  const { stack, held, hold, put } = place('-');
  await put('a', 1);
  stack.take('a');
  hold('+');
  await put('a', 1);
  expect(held()).toBe('+a');
  stack.take('a');
  expect(held()).toBe('+');
});

it('forgets the change in progress if making it fails', async () => {
  const { stack, put } = place('-');
  await expect(
    owned({ name: 'x', rank: 1 }, () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no');
  stack.put((below) => `${below}?`);
  await put('a', 1);
  expect(stack.owners()).toEqual(['', 'a']);
});
