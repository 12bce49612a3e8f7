import { requireList, requireNumber, requireObject } from '@ds/checks';
import type { HeardWindow } from './classify-windows.js';

/** A part of a sound with one label. */
export interface HeardEvent {
  task: string;
  /** Seconds from the beginning of the sound. */
  start: number;
  end: number;
  label: string;
  /** Mean over the windows of the event. */
  probability: number;
}

/**
 * Merges neighbouring windows with the same most probable label, for each task. Windows are
 * neighbours if the second one begins before the first one ends, or at its end. Events are sorted
 * by their start.
 *
 * @param windows in the order of their starts, as `classifyWindows` yields them.
 * @throws ConfigError if windows are not a list of `{ start, end, tasks }`, or there is none.
 */
export function mergeWindows(windows: HeardWindow[]): HeardEvent[] {
  requireList('mergeWindows', 'windows', windows);
  const open = new Map<string, { event: HeardEvent; count: number }>();
  const events: HeardEvent[] = [];
  for (const [i, one] of windows.entries()) {
    requireObject('mergeWindows', `windows[${i}]`, one);
    const { start, end, tasks } = one;
    requireNumber('mergeWindows', `windows[${i}].start`, start, 0);
    requireNumber('mergeWindows', `windows[${i}].end`, end, start);
    requireList('mergeWindows', `windows[${i}].tasks`, tasks);
    for (const { task, classes } of tasks) {
      const { name: label, probability } = classes[0]!;
      const before = open.get(task);
      if (before?.event.label === label && start <= before.event.end) {
        before.event.end = end;
        before.count += 1;
        before.event.probability += (probability - before.event.probability) / before.count;
        continue;
      }
      const event = { task, start, end, label, probability };
      open.set(task, { event, count: 1 });
      events.push(event);
    }
  }
  return events;
}
