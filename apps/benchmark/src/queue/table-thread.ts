import { parentPort, workerData } from 'node:worker_threads';
import { importPoolings } from '../import-poolings.js';
import { buildTable, type TableInput } from './build-table.js';

/** The data of the thread of a table: the table, and what the process has imported. */
export interface TableThreadInput extends TableInput {
  /** Modules that register poolings, from the command line of this process. */
  imports: string[];
}

/** What the thread of a table says. */
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
  // Nothing else keeps the thread alive.
  port.close();
}
