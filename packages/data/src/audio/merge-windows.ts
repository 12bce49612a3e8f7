import {
  numberIn,
  refuse,
  requireArray,
  requireList,
  requireNumber,
  requireObject,
  requireOptions,
  requireString,
} from '@ds/checks';
import type { HeardWindow } from './classify-windows.js';
import type { HeardTask } from './heard-tasks.js';

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

/** Options of {@link mergeWindows}. */
export interface MergeOptions {
  /** The least probability of a label in a `multiLabel` task. Default 0.5. */
  threshold?: number;
}

/**
 * Merges neighbouring windows with the same most probable label, for each task. In a `multiLabel`
 * task, windows are merged for each label whose probability is at least `threshold`. Windows are
 * neighbours if the second one begins before the first one ends, or at its end. Events are sorted
 * by their start.
 *
 * @param windows in the order of their starts, as `classifyWindows` yields them.
 * @throws ConfigError if windows are not a list of `{ start, end, tasks }`, there is none, a window
 *   starts before the one in front of it, or `threshold` is not in [0, 1].
 */
export function mergeWindows(windows: HeardWindow[], options: MergeOptions = {}): HeardEvent[] {
  requireList('mergeWindows', 'windows', windows);
  requireOptions<MergeOptions>('mergeWindows', 'options', options, { threshold: numberIn(0, 1) });
  const open = new Map<string, { event: HeardEvent; count: number }>();
  const events: HeardEvent[] = [];
  let previous = 0;
  for (const [i, one] of windows.entries()) {
    requireObject('mergeWindows', `windows[${i}]`, one);
    const { start, end, tasks } = one;
    requireNumber('mergeWindows', `windows[${i}].start`, start, 0);
    if (start < previous) {
      const rule = `be at least ${previous}, the start of windows[${i - 1}]`;
      refuse('mergeWindows', `windows[${i}].start`, rule, start);
    }
    requireNumber('mergeWindows', `windows[${i}].end`, end, start);
    requireTasks(`windows[${i}].tasks`, tasks);
    previous = start;
    for (const one of tasks) {
      const { task, multiLabel } = one;
      for (const { name: label, probability } of labelsOf(one, options)) {
        const key = JSON.stringify(multiLabel ? [task, label] : task);
        const before = open.get(key);
        if (before?.event.label === label && start <= before.event.end) {
          before.event.end = Math.max(before.event.end, end);
          before.count += 1;
          before.event.probability += (probability - before.event.probability) / before.count;
          continue;
        }
        const event = { task, start, end, label, probability };
        open.set(key, { event, count: 1 });
        events.push(event);
      }
    }
  }
  return events;
}

/** @throws ConfigError if a value is not a list of tasks with classes, or is empty. */
function requireTasks(name: string, tasks: unknown): void {
  requireList('mergeWindows', name, tasks);
  for (const [i, one] of (tasks as HeardTask[]).entries()) {
    requireObject('mergeWindows', `${name}[${i}]`, one);
    const { task, classes } = one;
    requireString('mergeWindows', `${name}[${i}].task`, task);
    requireArray('mergeWindows', `${name}[${i}].classes`, classes);
    for (const [k, heard] of classes.entries()) {
      const isClass = typeof heard?.name === 'string' && Number.isFinite(heard.probability);
      const rule = 'be { name, probability }, a string and a finite number';
      if (!isClass) refuse('mergeWindows', `${name}[${i}].classes[${k}]`, rule, heard);
    }
  }
}

/** The labels that a window has. */
function labelsOf({ classes, multiLabel }: HeardTask, { threshold = 0.5 }: MergeOptions) {
  return multiLabel
    ? classes.filter(({ probability }) => probability >= threshold)
    : classes.slice(0, 1);
}
