import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { FakeWorker } from './fake-worker.js';

vi.stubGlobal('Worker', FakeWorker);
afterAll(() => vi.unstubAllGlobals());

const { all, error, reset, runs, state } = await import('../src/panels/learn-runs.js');

/** What the workers were asked, with their number. */
let asked: string[] = [];

beforeEach(() => {
  for (const { link } of runs) link.end();
  asked = [];
  FakeWorker.started = [];
  FakeWorker.apis = () => {
    const number = FakeWorker.started.length;
    let isBegun = false;
    const act = (name: string) => () => {
      if (!isBegun) throw new Error('there is no network yet');
      asked.push(`${name} ${number}`);
    };
    return {
      learn: {
        start: () => asked.push(`start ${number}`),
        begin: () => {
          isBegun = true;
          return { step: 0, macs: 1 };
        },
        digit: () => new Uint8Array(4),
        classify: () => new Float32Array(10),
        featureMaps: () => [],
        play: act('play'),
        pause: act('pause'),
        step: act('step'),
      },
    };
  };
});

const begun = async () => {
  state.value = 'idle';
  reset({ plays: false });
  await expect.poll(() => state.value).toBe('paused');
};

it('plays both runs', async () => {
  await begun();
  await all('play');
  expect(state.value).toBe('playing');
  expect(asked.filter((one) => one.startsWith('play'))).toEqual(['play 0', 'play 1']);
});

it('says why a run cannot play, and pauses both', async () => {
  await begun();
  FakeWorker.started[0]!.crash();
  await all('play');
  expect(error.value).toBe('there is no network yet');
  expect(state.value).toBe('paused');
  await expect.poll(() => asked.at(-1)).toBe('pause 1');
});

it('starts the backend of a run again after its worker crashed', async () => {
  await begun();
  FakeWorker.started[0]!.crash();
  await begun();
  expect(asked).toEqual(['start 0', 'start 1', 'start 2']);
  expect(error.value).toBe(null);
});
