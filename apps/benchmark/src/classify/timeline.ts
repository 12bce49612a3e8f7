import { soundPieces } from '@ds/data';
import {
  classifyWindows,
  type HeardEvent,
  type HeardTask,
  type HeardWindow,
  mergeWindows,
  type SoundInput,
  type WindowOptions,
} from '@ds/data/audio';
import type * as tf from '@tensorflow/tfjs-core';

/** A part of a file with one label. */
export interface TimelineRow extends HeardEvent {
  file: string;
}

/** Options of {@link timelineOf}. */
export interface TimelineOptions extends WindowOptions {
  /** The most classes of a window and task. Default: the best one; with several labels, all. */
  top?: number;
  /** With several labels: the least probability of one. Default 0.5. */
  threshold?: number;
  onNote: (note: string) => void;
}

/**
 * Classifies a file of any length in overlapping windows, and merges neighbours of one label. With
 * several labels, those below `threshold` are left out. The file is read in pieces.
 */
export async function timelineOf(
  predict: (x: tf.Tensor) => tf.Tensor | tf.Tensor[],
  file: string,
  input: SoundInput,
  { onNote, top, threshold = 0.5, ...options }: TimelineOptions,
): Promise<TimelineRow[]> {
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
    windows.push({ start, end, tasks: tasks.map((task) => bestOf(task, top, threshold)) });
  }
  return mergeWindows(windows, { threshold: 0 }).map((event) => ({ file, ...event }));
}

/**
 * A task with its best classes. If there may be several of them, windows are merged for each, as
 * those of a task with several labels.
 */
function bestOf(
  { task, classes, multiLabel }: HeardTask,
  top: number | undefined,
  threshold: number,
): HeardTask {
  if (multiLabel) {
    const likely = classes.filter(({ probability }) => probability >= threshold);
    return { task, multiLabel, classes: likely.slice(0, top) };
  }
  const best = classes.slice(0, top ?? 1);
  return best.length > 1 ? { task, multiLabel: true, classes: best } : { task, classes: best };
}
