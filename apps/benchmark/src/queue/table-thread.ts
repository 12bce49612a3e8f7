import { parentPort, workerData } from 'node:worker_threads';
import { importPoolings } from '../poolings/import-poolings.js';
import { buildTable, type TableInput } from './build-table.js';

/** Input of a table's thread: the table, and the modules that the process has imported. */
export interface TableThreadInput extends TableInput {
  /** Modules that register poolings, from the command line of this process. */
  imports: string[];
}

/** Messages from a table's thread. */
export type TableMessage =
  | { type: 'note'; message: string }
  | { type: 'done'; runs: number }
  | { type: 'error'; message: string };

const port = parentPort;
if (!port) throw new Error('table-thread: must be started as a worker thread');
const send = (message: TableMessage) => port.postMessage(message);
try {
  const { imports, ...input } = workerData as TableThreadInput;
  await importPoolings(imports);
  const { runs } = await buildTable(input, (message) => send({ type: 'note', message }));
  send({ type: 'done', runs });
} catch (error) {
  send({ type: 'error', message: error instanceof Error ? error.message : String(error) });
} finally {
  // Only the open port keeps the thread alive, so it must be closed.
  port.close();
}
