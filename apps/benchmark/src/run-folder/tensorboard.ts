import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { appendWhole } from '@ds/train/checkpoints';
import { eventMessage, type SummaryValue } from './event-message.js';
import { record } from './record-file.js';

/** Appends to an event file that TensorBoard reads. */
export interface TensorboardLog {
  write(step: number, values: SummaryValue[]): void;
}

/**
 * Begins a new event file in a folder. TensorBoard reads all files of a folder as one; a log that starts at a later step
 * than 0 voids what an interrupted one had logged from there on. `mayWrite` is called before every write.
 *
 * @throws Error that names the file and the disk if it cannot be written; what `mayWrite` throws.
 */
export function tensorboardLog(
  folder: string,
  startStep: number,
  mayWrite: () => void = () => {},
): TensorboardLog {
  mayWrite();
  mkdirSync(folder, { recursive: true });
  const now = Date.now();
  const file = path.join(
    folder,
    `events.out.tfevents.${Math.floor(now / 1000)}.${hostname()}.${process.pid}.${now % 1000}`,
  );
  const append = (step: number, content: Parameters<typeof eventMessage>[2]) => {
    mayWrite();
    appendWhole(file, record(eventMessage(Date.now() / 1000, step, content)));
  };
  writeFileSync(file, '');
  append(0, { version: true });
  append(startStep, { start: true });
  return { write: (step, values) => append(step, { values }) };
}
