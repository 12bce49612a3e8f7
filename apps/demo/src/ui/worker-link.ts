import { type Remote, releaseProxy, wrap } from 'comlink';
import type { ComputeWorker } from '../workers/compute.worker.js';
import type { PageBackend } from '../workers/page-backends.js';

type RemoteApis = { [Name in keyof ComputeWorker]: Remote<ComputeWorker[Name]> };

/** A worker that computes, which can be ended and begun anew. */
export class WorkerLink {
  #worker: Worker | null = null;
  #api: Remote<ComputeWorker> | null = null;

  /** The worker's functions; the worker is made at the first use. */
  get api(): RemoteApis {
    if (!this.#api) {
      this.#worker = new Worker(new URL('../workers/compute.worker.ts', import.meta.url), {
        type: 'module',
      });
      this.#api = wrap<ComputeWorker>(this.#worker);
    }
    // Comlink reaches into objects by path, which its types do not say.
    return this.#api as unknown as RemoteApis;
  }

  /** Ends the worker, whatever it is doing. */
  end(): void {
    this.#api?.[releaseProxy]();
    this.#worker?.terminate();
    this.#api = null;
    this.#worker = null;
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
