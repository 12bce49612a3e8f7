import { afterAll, beforeEach, expect, it, vi } from 'vitest';
import { FakeWorker } from './fake-worker.js';

// The panel's effects, without the panel.
vi.mock('preact/hooks', () => ({ useEffect: (run: () => void) => run() }));
vi.stubGlobal('Worker', FakeWorker);
vi.stubGlobal('navigator', { hardwareConcurrency: 1 });
afterAll(() => vi.unstubAllGlobals());

/** What the workers were asked. */
let asked: string[] = [];
/** How many starts of a backend run at once, and at most. */
let [running, most] = [0, 0];

FakeWorker.apis = () => {
  let picture: unknown = null;
  return {
    pool: {
      start: async (name: string) => {
        most = Math.max(most, ++running);
        asked.push(name);
        await new Promise((resolve) => setTimeout(resolve, 20));
        running--;
        return { name, reason: 'asked for', kernels: null };
      },
      setPicture: (taken: unknown) => {
        picture = taken;
        return taken;
      },
      pool: () => {
        if (!picture) throw new Error('pool: there must be a picture');
        return {
          picture: { width: 1, height: 1, rows: [0, 1], data: new Uint8ClampedArray(4) },
        };
      },
    },
    compare: { setPicture: () => {}, alternative: (name: string) => ({ name }) },
  };
};

const { usePooling, error, pooled } = await import('../src/panels/pooling.js');
const { backendInUse, wantedBackend } = await import('../src/state/backend-state.js');
const { poolPicture, poolState } = await import('../src/state/pool-state.js');

usePooling();
beforeEach(async () => {
  wantedBackend.value = 'wasm';
  await expect.poll(() => backendInUse.value?.name).toBe('wasm');
  [asked, running, most] = [[], 0, 0];
});

it('starts one backend at a time, and uses the one chosen last', async () => {
  const used: (string | undefined)[] = [];
  const stop = backendInUse.subscribe((note) => used.push(note?.name));
  wantedBackend.value = 'webgl';
  wantedBackend.value = 'webgpu';
  await expect.poll(() => backendInUse.value?.name).toBe('webgpu');
  stop();
  expect(used).toEqual(['wasm', 'webgpu']);
  expect(most).toBe(1);
});

it('pools on after the worker crashed', async () => {
  poolPicture.value = { width: 1, height: 1, data: new Uint8ClampedArray(4) };
  await expect.poll(() => pooled.value).not.toBe(null);
  pooled.value = null;
  FakeWorker.started[0]!.crash();
  poolState.sh.value += 1;
  await expect.poll(() => pooled.value).not.toBe(null);
  expect(error.value).toBe(null);
  expect(asked).toEqual(['wasm']);
});
