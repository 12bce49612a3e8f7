import { Worker } from 'node:worker_threads';
import type { RunConfig } from '../config/run-config.js';
import { THREADS } from '../places.js';
import { errorOf } from '../process/named-error.js';
import type { RunProgress, RunResult } from '../run/run-result.js';
import type { ThreadInput, ThreadMessage, WorkerMessage } from '../run/run-worker.js';

/** The run of a thread, and its listeners. */
interface Listeners {
  resolve: (result: RunResult) => void;
  reject: (error: Error) => void;
  onProgress: (progress: RunProgress) => void;
}

/**
 * A thread that executes runs on a backend, one after the other. A thread that waits does not keep
 * the process alive. It ends by itself after a run that failed or was stopped, see `mayRunAgain`.
 */
export class RunThread {
  /** Whether it can take a run. */
  isWaiting = true;
  readonly #worker = new Worker(THREADS.run);
  #listeners: Listeners | null = null;

  constructor(readonly backend: RunConfig['backend']) {
    this.#worker.on('message', (message: WorkerMessage) => this.#receive(message));
    this.#worker.on('error', (error: Error) => this.#fail(error));
    this.#worker.on('exit', (code) =>
      this.#fail(new Error(`run: its worker thread ended early, with exit code ${code}`)),
    );
  }

  /** @throws Error if the run fails or the thread ends. */
  execute(input: ThreadInput, onProgress: (progress: RunProgress) => void): Promise<RunResult> {
    this.isWaiting = false;
    this.#worker.ref();
    return new Promise((resolve, reject) => {
      this.#listeners = { resolve, reject, onProgress };
      this.#send({ type: 'run', input });
    });
  }

  /** Stops the run between two steps. */
  stop(): void {
    this.#send({ type: 'stop' });
  }

  /** Ends the thread at once. */
  end(): void {
    this.#worker.terminate();
  }

  #send(message: ThreadMessage): void {
    this.#worker.postMessage(message);
  }

  #receive(message: WorkerMessage): void {
    if (message.type === 'progress') {
      this.#listeners?.onProgress(message.progress);
      return;
    }
    if (message.type === 'error') {
      this.#fail(errorOf(message));
      return;
    }
    this.isWaiting = message.mayRunAgain;
    if (this.isWaiting) this.#worker.unref();
    this.#listeners?.resolve(message.result);
    this.#listeners = null;
  }

  #fail(error: Error): void {
    this.isWaiting = false;
    this.#listeners?.reject(error);
    this.#listeners = null;
  }
}
