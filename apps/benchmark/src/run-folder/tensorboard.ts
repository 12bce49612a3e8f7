import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { appendWhole } from '@ds/train/checkpoints';
import { eventMessage, type SummaryValue } from './event-message.js';
import { record } from './record-file.js';

/** A writer that appends to a TensorBoard event file. */
export interface TensorboardLog {
  write(step: number, values: SummaryValue[]): void;
}

/**
 * Creates an event file in a folder. TensorBoard merges all event files of a folder. A log that
 * starts after step 0 makes TensorBoard drop earlier events from that step on. `mayWrite` is called
 * before every write.
 *
 * @throws Error that names the file and the disk if the write fails. Errors of `mayWrite` pass
 *   through.
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
