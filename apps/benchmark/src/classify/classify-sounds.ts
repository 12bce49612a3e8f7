import { readFile } from 'node:fs/promises';
import { decodeSound, soundFiles } from '@ds/data';
import type { HeardTask } from '@ds/data/audio';
import { writeFileWhole } from '@ds/train/checkpoints';
import type * as tf from '@tensorflow/tfjs';
import Table from 'cli-table3';
import type { RunSound } from '../run-folder/input-of-run.js';
import { formatShare } from '../text/format.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';
import { type ClassifyFlags, TOP_OF_ONE } from './classify-flags.js';
import { filesOf } from './files-of.js';
import { rowsOfFiles } from './rows-of-files.js';
import { timelineOf } from './timeline.js';
import { timelineFile, timelineTable } from './timeline-text.js';
import { warn } from './warn.js';

type Predict = (x: tf.Tensor) => tf.Tensor | tf.Tensor[];

/**
 * Classifies sound files with a network, and prints the classes: of one file as a whole, or of
 * several files by time. Of several files, those that cannot be read are left out with a note, and
 * the exit code is 1.
 *
 * @throws Error that names the single file if it is wrong.
 */
export async function classifySounds(
  model: tf.LayersModel,
  sounds: string[],
  sound: RunSound,
  flags: ClassifyFlags,
): Promise<void> {
  const predict = (x: tf.Tensor) => model.predict(x) as tf.Tensor | tf.Tensor[];
  const files = await filesOf(sounds, soundFiles);
  const { window, hop, output } = flags;
  const isOne = files.length === 1 && files[0] === sounds[0];
  if (!isOne || window || hop || output) await printTimeline(predict, files, isOne, sound, flags);
  else await printWhole(predict, files[0]!, sound, flags);
}

/**
 * Classifies files by time, and prints a table or JSON. Also writes it to a file, if one is given.
 */
async function printTimeline(
  predict: Predict,
  files: string[],
  isOne: boolean,
  sound: RunSound,
  { window, hop, output, top, threshold, json }: ClassifyFlags,
): Promise<void> {
  const options = { window, hop, top, threshold, onNote: warn };
  const rows = await rowsOfFiles(files, isOne, (file) => timelineOf(predict, file, sound, options));
  const text = json
    ? visibleText(JSON.stringify(rows))
    : fitted(timelineTable(rows), columnsOf(process.stdout));
  // Print the table before writing the file, since a write can fail.
  process.stdout.write(`${text}\n`);
  if (output !== undefined) await writeFileWhole(output, timelineFile(rows, output));
}

/** Classifies a file as a whole, and prints the classes and the latency. */
async function printWhole(
  predict: Predict,
  file: string,
  sound: RunSound,
  flags: ClassifyFlags,
): Promise<void> {
  const { classifySound, toMono } = await import('@ds/data/audio');
  const decoded = await decodeSound(await readBytes(file), file, warn);
  const ask = () => classifySound(predict, toMono(decoded), decoded.sampleRate, sound);
  // The first call compiles. The second one measures the usual latency.
  await ask();
  const start = performance.now();
  const heard = await ask();
  const milliseconds = performance.now() - start;
  if (flags.json) {
    const tasks = heard.map((task) => ({ ...task, classes: shownOf(task, flags) }));
    process.stdout.write(`${visibleText(JSON.stringify({ tasks, milliseconds }))}\n`);
    return;
  }
  const table = new Table({
    head: ['task', 'heard', 'probability'],
    style: { head: [], border: [] },
  });
  for (const heardTask of heard) {
    const task = visibleText(heardTask.task);
    const shown = shownOf(heardTask, flags);
    if (shown.length === 0) table.push([task, 'nothing', '']);
    shown.forEach(({ name, probability }, i) => {
      table.push([i === 0 ? task : '', visibleText(name), formatShare(probability)]);
    });
  }
  const seconds = decoded.channels[0]!.length / decoded.sampleRate;
  const text =
    `${table}\n${seconds.toFixed(2)} s of sound in ` +
    `${milliseconds.toFixed(1)} ms, front end included.`;
  process.stdout.write(`${fitted(text, columnsOf(process.stdout))}\n`);
}

/** The classes of a task to print: with several labels, those that reach the threshold. */
function shownOf({ classes, multiLabel }: HeardTask, { top, threshold = 0.5 }: ClassifyFlags) {
  return multiLabel
    ? classes.filter(({ probability }) => probability >= threshold).slice(0, top)
    : classes.slice(0, top ?? TOP_OF_ONE);
}

async function readBytes(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${file} cannot be read; expected a sound file`, { cause: error });
  }
}
