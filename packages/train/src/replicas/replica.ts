import { parentPort, workerData } from 'node:worker_threads';
import { requireFunction, StateError } from '@ds/checks';
import { ReplicaGroup, ReplicaLost } from '../replica-group.js';
import type {
  ReplicaFailure,
  ReplicaMessage,
  ReplicaStart,
  SupervisorMessage,
} from './protocol.js';

/** The arguments of a replica's body. */
export interface ReplicaContext<Input> {
  /** The group. Pass it to `train` and `evaluate`. */
  replicas: ReplicaGroup;
  /** The `input` of `runReplicas`. */
  input: Input;
  /** Aborts when the signal of `runReplicas` aborts. */
  signal: AbortSignal;
  /** Sends a message to `onMessage` of `runReplicas`. */
  send: (message: unknown) => void;
}

/**
 * The body of a replica. Call it once, at the top of the module that you pass to `runReplicas`.
 * `runReplicas` resolves with the result of rank 0. An error of any replica ends all replicas.
 *
 * @throws StateError if this is not a thread that `runReplicas` started.
 */
export async function replica<Input, Result>(
  body: (context: ReplicaContext<Input>) => Promise<Result> | Result,
): Promise<void> {
  requireFunction('replica', 'body', body);
  const port = parentPort;
  const start = workerData as ReplicaStart | null;
  if (!port || !(start?.control instanceof SharedArrayBuffer)) {
    throw new StateError('replica: must run in a thread that runReplicas started, and does not');
  }
  const say = (message: ReplicaMessage) => port.postMessage(message);
  const controller = new AbortController();
  let opened: (memory: SharedArrayBuffer) => void = () => {};
  port.on('message', (message: SupervisorMessage) => {
    if (message.type === 'stop') controller.abort();
    else opened(message.memory);
  });
  const group = new ReplicaGroup(start.rank, start.size, start.control, (length) => {
    const memory = new Promise<SharedArrayBuffer>((resolve) => {
      opened = resolve;
    });
    say({ type: 'open', length });
    return memory;
  });
  try {
    const result = await body({
      replicas: group,
      input: start.input as Input,
      signal: controller.signal,
      send: (message) => say({ type: 'message', message }),
    });
    say({ type: 'result', result: start.rank === 0 ? result : undefined });
  } catch (error) {
    say({ type: 'error', ...sendable(error), isConsequence: error instanceof ReplicaLost });
  } finally {
    // Nothing else keeps the thread alive. Deno's port has no `close`; `runReplicas` ends the
    // thread.
    port.close?.();
  }
}

/**
 * An error as a message carries it. A structured clone loses the name of an error, and all of a
 * DOMException in Node 20. Some errors have no clone.
 */
function sendable(error: unknown): Pick<ReplicaFailure, 'error' | 'name'> {
  if (!(error instanceof Error)) return { error: cloned(error) ?? new Error(String(error)) };
  const { name, message, stack } = error;
  const isWhole = !(error instanceof DOMException) && cloned(error) instanceof Error;
  return { name, error: isWhole ? error : Object.assign(new Error(message), { stack }) };
}

function cloned(value: unknown): unknown {
  try {
    return structuredClone(value);
  } catch {
    return undefined;
  }
}
