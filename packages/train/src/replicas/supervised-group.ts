import { Worker } from 'node:worker_threads';
import { ConfigError, describe, StateError } from '@ds/checks';
import { controlBytes, endReplica, failGroup } from '../replica-group.js';
import type {
  ReplicaFailure,
  ReplicaMessage,
  ReplicaStart,
  SupervisorMessage,
} from './protocol.js';

/** The threads of a group of replicas, as `runReplicas` supervises them. */
export class SupervisedGroup {
  readonly #control: SharedArrayBuffer;
  readonly #workers: Worker[] = [];
  /** The lengths of the sums that replicas wait for. */
  #lengths: number[] = [];
  /** Number of replicas that have ended with a result. */
  #ended = 0;

  constructor(
    private readonly module: URL | string,
    private readonly size: number,
    private readonly onMessage: ((message: unknown, rank: number) => void) | undefined,
  ) {
    this.#control = new SharedArrayBuffer(controlBytes(size));
  }

  /** Starts a replica, and resolves with its result. */
  start(rank: number, input: unknown): Promise<unknown> {
    const start: ReplicaStart = { rank, size: this.size, control: this.#control, input };
    const worker = threadOf(this.module, start);
    this.#workers.push(worker);
    return new Promise<unknown>((resolve, reject) => {
      // The thread of a replica ends after its result, and after its error.
      let last: ReplicaMessage['type'] | undefined;
      worker.on('message', (message: ReplicaMessage) => {
        last = message.type;
        if (message.type === 'open') attempt(() => this.#open(message.length), reject);
        else if (message.type === 'message')
          attempt(() => this.onMessage?.(message.message, rank), reject);
        else if (message.type === 'error') rejectWith(message, reject);
        else {
          attempt(() => this.#count(), reject);
          resolve(message.result);
        }
      });
      worker.on('messageerror', reject);
      worker.on('error', reject);
      worker.on('exit', (code) => {
        if (last === 'result') return;
        failGroup(this.#control);
        if (last === 'error') return;
        reject(
          new Error(
            `runReplicas: the thread of replica ${rank} of ${this.size} ended before its work, ` +
              `with exit code ${code}`,
          ),
        );
      });
    });
  }

  /** Asks every replica to stop between two steps. */
  stop(): void {
    this.#tell({ type: 'stop' });
  }

  /** Ends all threads. */
  async end(): Promise<void> {
    failGroup(this.#control);
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** Notes that a replica waits for sums of this length. Once all wait, gives them the memory. */
  #open(length: number): void {
    this.#lengths.push(length);
    this.#requireAll();
    if (this.#lengths.length < this.size) return;
    if (this.#lengths.some((other) => other !== length)) {
      throw new ConfigError(
        'runReplicas: replicas must train the same model, ' +
          `got models of ${this.#lengths.join(', ')} numbers`,
      );
    }
    this.#lengths = [];
    this.#tell({ type: 'opened', memory: new SharedArrayBuffer(4 * length * (this.size + 1)) });
  }

  /** Counts a replica that has ended with a result. */
  #count(): void {
    this.#ended += 1;
    endReplica(this.#control);
    this.#requireAll();
  }

  #requireAll(): void {
    if (this.#lengths.length > 0 && this.#ended > 0) {
      throw new StateError(
        `runReplicas: all ${this.size} replicas must train, ` +
          `but ${this.#ended} ended before that`,
      );
    }
  }

  #tell(message: SupervisorMessage): void {
    for (const worker of this.#workers) worker.postMessage(message);
  }
}

/**
 * Starts a thread.
 *
 * @throws ConfigError if the module has no such address, or the input cannot be copied.
 */
function threadOf(module: URL | string, workerData: ReplicaStart): Worker {
  try {
    return new Worker(module, { workerData });
  } catch (error) {
    const { code, name, message } = error as NodeJS.ErrnoException;
    if (name === 'DataCloneError') {
      throw new ConfigError(`runReplicas: input must be data that can be cloned, got ${message}`, {
        cause: error,
      });
    }
    if (code !== 'ERR_WORKER_PATH' && code !== 'ERR_INVALID_URL_SCHEME') throw error;
    throw new ConfigError(
      "runReplicas: module must be a file URL, an absolute path, or one that begins with './' or " +
        `'../', got ${module instanceof URL ? module.href : describe(module)}`,
      { cause: error },
    );
  }
}

/** Runs a function, which may return a promise. Rejects with its error. */
async function attempt(action: () => unknown, reject: (error: unknown) => void): Promise<void> {
  try {
    await action();
  } catch (error) {
    reject(error);
  }
}

/** Rejects with the error of a replica, under its own name. */
function rejectWith(
  { error, name, isConsequence }: ReplicaFailure,
  reject: (error: unknown) => void,
): void {
  if (error instanceof Error && name) error.name = name;
  // A replica that lost another one waits for the error of that one.
  if (!isConsequence) reject(error);
  else setTimeout(() => reject(error), CONSEQUENCE_DELAY);
}

/** Milliseconds to wait for the error that caused the loss of a replica. */
const CONSEQUENCE_DELAY = 1000;
