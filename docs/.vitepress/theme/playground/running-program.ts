import { withBase } from 'vitepress';
import type { Message, Order } from './messages.js';

/** Where `scripts/build-worker.mjs` puts the worker. */
const ADDRESS = '/playground-worker/worker.js';

/** A program that runs in a worker of its own. */
export interface RunningProgram {
  /** Ends the program at once, whatever it does. */
  stop(): void;
}

/** Runs a program in a new worker, with fresh modules. */
export function runProgram(program: string, receive: (message: Message) => void): RunningProgram {
  const worker = new Worker(withBase(ADDRESS), { type: 'module' });
  worker.onmessage = ({ data }: MessageEvent<Message>) => receive(data);
  worker.onerror = ({ message }) => {
    const text = message || 'The playground did not load. Check the connection, and try again.';
    receive({ kind: 'fault', text, line: null, isSyntax: false });
  };
  worker.postMessage({ program } satisfies Order);
  return { stop: () => worker.terminate() };
}
