import { type Remote, releaseProxy, wrap } from 'comlink';
import type { ComputeWorker } from '../workers/compute.worker.js';
import type { PageBackend } from '../workers/page-backends.js';

type RemoteApis = { [Name in keyof ComputeWorker]: Remote<ComputeWorker[Name]> };

/** What calls end with whose worker was ended before it answered. */
export class WorkerEnded extends Error {}

/** A worker that computes, which can be ended and begun anew. */
export class WorkerLink {
  #worker: Worker | null = null;
  #api: Remote<ComputeWorker> | null = null;
  /** Fails when the worker is gone, which by itself would leave its callers waiting. */
  #gone: Promise<never> = new Promise(() => {});
  #leave: (reason: Error) => void = () => {};

  /**
   * What a function of the worker returns; the worker is made at the first call.
   *
   * @throws Error what it throws; WorkerEnded if it was ended meanwhile; Error if it could not be loaded or broke down
   */
  call<Result>(use: (apis: RemoteApis) => Promise<Result>): Promise<Result> {
    if (!this.#api) this.#begin();
    // Comlink reaches into objects by path, which its types do not say.
    return Promise.race([use(this.#api as unknown as RemoteApis), this.#gone]);
  }

  /** Ends the worker, whatever it is doing. */
  end(reason: Error = new WorkerEnded('the worker was ended')): void {
    this.#leave(reason);
    this.#api?.[releaseProxy]();
    this.#worker?.terminate();
    this.#api = null;
    this.#worker = null;
  }

  #begin(): void {
    this.#worker = new Worker(new URL('../workers/compute.worker.ts', import.meta.url), {
      type: 'module',
    });
    this.#gone = new Promise((_, reject) => {
      this.#leave = reject;
    });
    // Nobody may be waiting when it ends.
    this.#gone.catch(() => {});
    this.#worker.onerror = (event) => {
      this.end(new Error(`what computes broke down: ${event.message ?? 'it could not be loaded'}`));
    };
    this.#api = wrap<ComputeWorker>(this.#worker);
  }
}

/** What a page tells of the backend in use. */
export interface BackendNote {
  name: string;
  reason: string;
  kernels: string | null;
}

/**
 * Starts a worker on a backend, or on wasm if that one fails here.
 *
 * @throws Error if wasm does not start either.
 */
export async function startOn(
  start: (backend: PageBackend) => Promise<BackendNote>,
  wanted: PageBackend,
): Promise<BackendNote> {
  try {
    return await start(wanted);
  } catch (error) {
    if (wanted === 'wasm') throw error;
    const note = await start('wasm');
    return { ...note, reason: `${wanted} did not start here: ${messageOf(error)}` };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs one call at a time; of those that come meanwhile only the last is kept. */
export function latestOnly<Input>(run: (input: Input) => Promise<void>): (input: Input) => void {
  let isBusy = false;
  let next: { input: Input } | null = null;
  const work = async (input: Input) => {
    isBusy = true;
    await run(input);
    isBusy = false;
    if (next) {
      const { input: following } = next;
      next = null;
      void work(following);
    }
  };
  return (input) => {
    if (isBusy) next = { input };
    else void work(input);
  };
}
