import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { eventMessage, type SummaryValue } from './event-message.js';
import { record } from './record-file.js';

/** Appends to an event file that TensorBoard reads. */
export interface TensorboardLog {
  write(step: number, values: SummaryValue[]): void;
}

/**
 * Begins a new event file in a folder. TensorBoard reads all files of a folder as one; a log that starts at a later step
 * than 0 voids what an interrupted one had logged from there on.
 */
export function tensorboardLog(folder: string, startStep: number): TensorboardLog {
  mkdirSync(folder, { recursive: true });
  const now = Date.now();
  const file = path.join(
    folder,
    `events.out.tfevents.${Math.floor(now / 1000)}.${hostname()}.${process.pid}.${now % 1000}`,
  );
  const message = (step: number, content: Parameters<typeof eventMessage>[2]) =>
    record(eventMessage(Date.now() / 1000, step, content));
  writeFileSync(file, message(0, { version: true }));
  appendFileSync(file, message(startStep, { start: true }));
  return { write: (step, values) => appendFileSync(file, message(step, { values })) };
}
