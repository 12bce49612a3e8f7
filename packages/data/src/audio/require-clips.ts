import { refuse, requireList, requireObject } from '@ds/checks';

/** @throws ConfigError if a value is not a list of clips, or is empty. */
export function requireClips(op: string, clips: unknown): void {
  if (!Array.isArray(clips) || clips.length === 0) {
    refuse(op, 'clips', 'have at least one clip', Array.isArray(clips) ? 'none' : clips);
  }
}

/** @throws ConfigError if a value is not a dataset with tasks. */
export function requireTasks(op: string, dataset: unknown): void {
  requireObject(op, 'dataset', dataset);
  requireList(op, 'dataset.tasks', (dataset as { tasks?: unknown }).tasks);
}
