import { refuse, requireList, requireObject, requireString } from '@ds/checks';
import { requireTaskNames } from './require-task-names.js';
import { requireWords } from './require-words.js';
import type { SoundClip, SoundTask } from './sound-dataset.js';

/** @throws ConfigError if a value is not a list of clips with a file each, or is empty. */
export function requireClips(op: string, clips: unknown): void {
  if (!Array.isArray(clips) || clips.length === 0) {
    refuse(op, 'clips', 'have at least one clip', Array.isArray(clips) ? 'none' : clips);
  }
  for (const [i, clip] of (clips as SoundClip[]).entries()) {
    requireObject(op, `clips[${i}]`, clip);
    requireString(op, `clips[${i}].file`, clip.file);
  }
}

/** @throws ConfigError if a value is not a dataset with tasks of different names. */
export function requireTasks(op: string, dataset: unknown): void {
  requireObject(op, 'dataset', dataset);
  requireTaskList(op, 'dataset.tasks', (dataset as { tasks?: unknown }).tasks);
}

/** @throws ConfigError if a value is not a list of tasks with classes, of different names. */
export function requireTaskList(op: string, name: string, tasks: unknown): void {
  requireList(op, name, tasks);
  const list = Array.from(tasks as SoundTask[]);
  for (const [i, task] of list.entries()) {
    requireObject(op, `${name}[${i}]`, task);
    requireWords(op, `${name}[${i}].classes`, task.classes);
  }
  requireTaskNames(
    op,
    name,
    list.map((task) => task.name),
  );
}
