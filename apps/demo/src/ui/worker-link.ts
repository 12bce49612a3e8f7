import { type Remote, releaseProxy, wrap } from 'comlink';
import type { ComputeWorker } from '../workers/compute.worker.js';
import { BACKEND_NAMES, type PageBackend } from '../workers/page-backends.js';

type RemoteApis = { [Name in keyof ComputeWorker]: Remote<ComputeWorker[Name]> };

/** The error of a call whose worker ended before it answered. */
export class WorkerEnded extends Error {}

/** A compute worker. When it has ended or crashed, the next call starts a new one. */
export class WorkerLink {
  readonly #prepare: (apis: RemoteApis) => Promise<unknown>;
  #worker: Worker | null = null;
  #api: Remote<ComputeWorker> | null = null;
  #prepared: Promise<unknown> = Promise.resolve();
  /** Rejects when the worker ends. Otherwise callers would wait forever. */
  #gone: Promise<never> = new Promise(() => {});
  #leave: (reason: Error) => void = () => {};

  /** @param prepare sets up each new worker, before the first call reaches it. */
  constructor(prepare: (apis: RemoteApis) => Promise<unknown> = async () => {}) {
    this.#prepare = prepare;
  }

  /**
   * Calls a function of the worker and returns its result. The first call starts the worker.
   *
   * @throws Error the function's own error, or an error if the worker cannot be loaded or prepared,
   *   or crashes.
   * @throws WorkerEnded if the worker is ended first.
   */
  call<Result>(use: (apis: RemoteApis) => Promise<Result>): Promise<Result> {
    const apis = this.#apis ?? this.#begin();
    return Promise.race([this.#prepared.then(() => use(apis)), this.#gone]);
  }

  /** Ends the worker at once. */
  end(reason: Error = new WorkerEnded('the worker was ended')): void {
    this.#leave(reason);
    this.#api?.[releaseProxy]();
    this.#worker?.terminate();
    this.#api = null;
    this.#worker = null;
  }

  get #apis(): RemoteApis | null {
    // Comlink also calls functions of nested objects, but its types do not declare it.
    return this.#api as unknown as RemoteApis | null;
  }

  #begin(): RemoteApis {
    this.#worker = new Worker(new URL('../workers/compute.worker.ts', import.meta.url), {
      type: 'module',
    });
    this.#gone = new Promise((_, reject) => {
      this.#leave = reject;
    });
    // No call may be waiting when this rejects.
    this.#gone.catch(() => {});
    this.#worker.onerror = (event) => {
      this.end(
        new Error(`the compute worker failed: ${event.message ?? 'it could not be loaded'}`),
      );
    };
    this.#api = wrap<ComputeWorker>(this.#worker);
    const apis = this.#apis!;
    this.#prepared = this.#prepare(apis);
    this.#prepared.catch((reason) => {
      // The next call tries again, with a new worker.
      if (this.#apis === apis) this.end(reason);
    });
    return apis;
  }
}

/** The displayed description of the backend in use. */
export interface BackendNote {
  name: string;
  reason: string;
  kernels: string | null;
}

/**
 * Starts a worker on a backend, or on wasm if the backend fails.
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
    console.warn(error);
    const note = await start('wasm');
    const name = BACKEND_NAMES[wanted];
    return {
      ...note,
      reason: `${name} does not start in this browser, so ${BACKEND_NAMES.wasm} is used`,
    };
  }
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Runs one call at a time. If several calls arrive meanwhile, only the last one runs. */
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
