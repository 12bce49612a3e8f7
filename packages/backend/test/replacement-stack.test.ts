import { expect, it } from 'vitest';
import { owned, ReplacementStack } from '../src/replacement-stack.js';

/** A place that holds words. Each layer appends a letter. */
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

it('lays changes over one another in the order of their ranks, whenever they come', async () => {
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

it('takes what it put where nothing was away again', async () => {
  const { stack, held, put } = place(undefined);
  await put('a', 1);
  expect(held()).toBe('a');
  expect(stack.hadOne).toBe(false);
  stack.take('a');
  expect(held()).toBeUndefined();
});

it('leaves what somebody else has put there since, until it is gone', async () => {
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

it('begins from what is there when its first change comes', async () => {
  const { stack, held, hold, put } = place('-');
  await put('a', 1);
  stack.take('a');
  hold('+');
  await put('a', 1);
  expect(held()).toBe('+a');
  stack.take('a');
  expect(held()).toBe('+');
});

it('forgets whose change it was when making it fails', async () => {
  const { stack, put } = place('-');
  await expect(
    owned({ name: 'x', rank: 1 }, () => Promise.reject(new Error('no'))),
  ).rejects.toThrow('no');
  stack.put((below) => `${below}?`);
  await put('a', 1);
  expect(stack.owners()).toEqual(['', 'a']);
});
