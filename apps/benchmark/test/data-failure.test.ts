import { describe, expect, it } from 'vitest';
import { isDataFailure, reading, readingBatches } from '../src/data-failure.js';

const batch = (value: number) => ({ value }) as never;
const failing = async function* () {
  yield batch(1);
  throw new Error('x.wav: must begin with RIFF, got root');
};
const failureOf = (promise: Promise<unknown>) =>
  promise.then(
    () => null,
    (error: Error) => error.message,
  );
const all = async (batches: AsyncIterable<unknown> | Iterable<unknown>) => {
  const values: unknown[] = [];
  for await (const one of batches) values.push(one);
  return values;
};

describe('a failure of reading data', () => {
  it('is known as one, once', async () => {
    const message = await failureOf(reading(Promise.reject(new Error('no such file'))));
    expect(message).toBe('data: no such file');
    expect(isDataFailure(message!)).toBe(true);
    expect(await failureOf(reading(Promise.reject(new Error(message!))))).toBe(message);
    expect(isDataFailure('run: data: x')).toBe(false);
  });

  it('is known in the middle of batches, also of those from the middle', async () => {
    const source = Object.assign(failing(), { from: () => failing() });
    expect(await failureOf(all(readingBatches(source)))).toMatch(/^data: x.wav/);
    expect(await failureOf(all(readingBatches(source).from!(3)))).toMatch(/^data: x.wav/);
    expect(readingBatches(failing()).from).toBeUndefined();
  });

  it('of a list that throws at once is known too', async () => {
    const list = {
      [Symbol.iterator]: () => ({
        next: (): never => {
          throw new Error('bad');
        },
      }),
    };
    expect(await failureOf(all(readingBatches(list)))).toBe('data: bad');
  });

  it('leaves batches as they are, and ends their reader early', async () => {
    let isClosed = false;
    const source = async function* () {
      try {
        for (let i = 0; ; i++) yield batch(i);
      } finally {
        isClosed = true;
      }
    };
    for await (const one of readingBatches(source())) {
      if ((one as unknown as { value: number }).value === 2) break;
    }
    expect(isClosed).toBe(true);
    expect(await all(readingBatches([batch(1), batch(2)]))).toEqual([{ value: 1 }, { value: 2 }]);
  });
});
