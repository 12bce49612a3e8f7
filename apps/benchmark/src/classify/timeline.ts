import { soundPieces } from '@ds/data';
import {
  classifyWindows,
  type HeardEvent,
  type HeardWindow,
  type MergeOptions,
  mergeWindows,
  type SoundInput,
  type WindowOptions,
} from '@ds/data/audio';
import type * as tf from '@tensorflow/tfjs-core';

/** A part of a file with one label. */
export interface TimelineRow extends HeardEvent {
  file: string;
}

/**
 * Classifies files of any length in overlapping windows, and merges neighbours of one label. With
 * several labels, those below `threshold` are left out. A file is read in pieces.
 */
export async function timelineOf(
  predict: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
  files: string[],
  input: SoundInput,
  {
    onNote,
    threshold = 0.5,
    ...options
  }: WindowOptions & MergeOptions & { onNote: (note: string) => void },
): Promise<TimelineRow[]> {
  const rows: TimelineRow[] = [];
  for (const file of files) {
    const { sampleRate, pieces } = await soundPieces(file, onNote);
    const windows: HeardWindow[] = [];
    for await (const { start, end, tasks } of classifyWindows(
      predict,
      pieces,
      sampleRate,
      input,
      options,
    )) {
      // Only the labels that a table needs are kept of each window.
      const best = tasks.map(({ classes, ...task }) => ({
        ...task,
        classes: task.multiLabel
          ? classes.filter(({ probability }) => probability >= threshold)
          : classes.slice(0, 1),
      }));
      windows.push({ start, end, tasks: best });
    }
    rows.push(...mergeWindows(windows, { threshold }).map((event) => ({ file, ...event })));
  }
  return rows;
}
