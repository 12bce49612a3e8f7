import { describe, expect, it } from 'vitest';
import { isDataFailure, reading, readingBatches } from '../../src/data/data-failure.js';
import { errorOf, reportError } from '../../src/process/named-error.js';

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
    const missing = reading(Promise.reject(new Error('no such file')));
    const failure = await missing.catch((error: Error) => error as Error);
    expect(failure.message).toBe('data: no such file');
    expect(isDataFailure(failure)).toBe(true);
    expect(await failureOf(reading(Promise.reject(failure)))).toBe('data: no such file');
  });

  it('is known by its class, not by its text, also from another thread', async () => {
    expect(isDataFailure(new Error('data: a text that begins like one'))).toBe(false);
    const missing = reading(Promise.reject(new Error('no such file')));
    const failure = await missing.catch((error: Error) => error as Error);
    const told = errorOf(structuredClone(reportError(failure)));
    expect(told.message).toBe('data: no such file');
    expect(isDataFailure(told)).toBe(true);
  });

  it('is known in the middle of batches, also of those from the middle', async () => {
    const source = Object.assign(failing(), { from: () => failing() });
    expect(await failureOf(all(readingBatches(source)))).toMatch(/^data: x.wav/);
    expect(await failureOf(all(readingBatches(source).from!(3)))).toMatch(/^data: x.wav/);
    expect(readingBatches(failing()).from).toBeUndefined();
  });

  it('of a list that throws at once is reported too', async () => {
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
