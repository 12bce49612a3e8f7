import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { WorkerEnded, WorkerLink } from '../src/ui/worker-link.js';
import { FakeWorker } from './fake-worker.js';

const start = vi.fn();

beforeEach(() => {
  vi.stubGlobal('Worker', FakeWorker);
  FakeWorker.started = [];
  start.mockReset();
  FakeWorker.apis = () => {
    let backend: string | null = null;
    return {
      pool: {
        start: async (name: string) => {
          start();
          backend = name;
        },
        span: () => backend,
      },
    };
  };
});
afterEach(() => vi.unstubAllGlobals());

const prepared = () => new WorkerLink(({ pool }) => pool.start('wasm'));
const backendOf = (link: WorkerLink) => link.call(({ pool }) => pool.span(1, 1, 1, 1));

it('prepares a worker once, before its first call', async () => {
  const link = prepared();
  expect(await Promise.all([backendOf(link), backendOf(link)])).toEqual(['wasm', 'wasm']);
  expect(start).toHaveBeenCalledTimes(1);
  link.end();
});

it('prepares the worker after a crash too', async () => {
  const link = prepared();
  await backendOf(link);
  const lost = link.call(() => new Promise(() => {}));
  FakeWorker.started[0]!.crash();
  await expect(lost).rejects.toThrow('the compute worker failed: out of memory');
  expect(await backendOf(link)).toBe('wasm');
  expect(FakeWorker.started).toHaveLength(2);
  link.end();
});

it('tries again with a new worker when one could not be prepared', async () => {
  const link = prepared();
  start.mockImplementationOnce(() => {
    throw new Error('no network');
  });
  await expect(backendOf(link)).rejects.toThrow('no network');
  expect(await backendOf(link)).toBe('wasm');
  expect(FakeWorker.started).toHaveLength(2);
  link.end();
});

it('rejects the calls of a worker that is ended while it is prepared', async () => {
  const link = prepared();
  const answer = backendOf(link);
  link.end();
  await expect(answer).rejects.toThrow(WorkerEnded);
  expect(await backendOf(link)).toBe('wasm');
  link.end();
});
