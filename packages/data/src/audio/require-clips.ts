import { refuse, requireObject, requireString } from '@ds/checks';
import { requireTaskList } from './require-task-list.js';
import type { SoundClip } from './sound-dataset.js';

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
