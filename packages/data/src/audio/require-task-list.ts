import { requireList, requireObject, requireString } from '@ds/checks';
import { requireTaskNames } from './require-task-names.js';
import { requireWords } from './require-words.js';
import type { SoundTask } from './sound-dataset.js';

/** @throws ConfigError if a value is not a list of tasks with classes, of different names. */
export function requireTaskList(op: string, name: string, tasks: unknown): void {
  requireList(op, name, tasks);
  const list = Array.from(tasks as SoundTask[]);
  for (const [i, task] of list.entries()) {
    requireObject(op, `${name}[${i}]`, task);
    requireString(op, `${name}[${i}].name`, task.name);
    requireWords(op, `${name}[${i}].classes`, task.classes);
  }
  requireTaskNames(
    op,
    name,
    list.map((task) => task.name),
  );
}
