import { Worker } from 'node:worker_threads';
import { THREADS } from '../places.js';
import { importedModules } from '../poolings/import-poolings.js';
import type { TableInput } from './build-table.js';
import type { TableMessage, TableThreadInput } from './table-thread.js';

/**
 * Builds a table in a separate thread. A large table takes a while, and this thread must renew
 * locks and handle signals meanwhile.
 *
 * @throws Error as `buildTable`, or if the signal ends the thread.
 */
export function tableInThread(
  input: TableInput,
  signal: AbortSignal,
  onNote: (message: string) => void,
): Promise<{ runs: number }> {
  return new Promise((resolve, reject) => {
    const thread = new Worker(THREADS.table, {
      workerData: { ...input, imports: importedModules() } satisfies TableThreadInput,
    });
    const end = () => void thread.terminate();
    signal.addEventListener('abort', end);
    if (signal.aborted) end();
    thread.on('message', (message: TableMessage) => {
      if (message.type === 'note') onNote(message.message);
      else if (message.type === 'done') resolve({ runs: message.runs });
      else reject(new Error(message.message));
    });
    thread.on('error', reject);
    thread.on('exit', (code) => {
      signal.removeEventListener('abort', end);
      reject(new Error(`table: its thread ended early, with exit code ${code}`));
    });
  });
}
