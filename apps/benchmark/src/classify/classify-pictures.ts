import { type ImageInput, imageFiles, prepareImageFile } from '@ds/data';
import { writeFileWhole } from '@ds/train/checkpoints';
import * as tf from '@tensorflow/tfjs';
import Table from 'cli-table3';
import { formatShare } from '../text/format.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';
import { type ClassifyFlags, TOP_OF_ONE } from './classify-flags.js';
import { filesOf } from './files-of.js';
import { rowsOfFiles } from './rows-of-files.js';
import { tableFile } from './table-file.js';
import { warn } from './warn.js';

/** A class of a picture. */
interface Row {
  file: string;
  class: string;
  probability: number;
}

/**
 * Classifies pictures with a network, and prints the best classes of each, the most probable first.
 * Of several files, those that cannot be read are left out with a note, and the exit code is 1.
 *
 * @throws Error that names the single file if it is wrong, or the run if its outputs are not
 *   classes.
 */
export async function classifyPictures(
  model: tf.LayersModel,
  paths: string[],
  input: ImageInput,
  { run, top, output, json }: ClassifyFlags,
): Promise<void> {
  requireClasses(model, input, run);
  const files = await filesOf(paths, imageFiles);
  const isOne = files.length === 1 && files[0] === paths[0];
  const shown = top ?? (isOne ? TOP_OF_ONE : 1);
  const rows = await rowsOfFiles(files, isOne, async (file) =>
    (await classesOf(model, file, input)).slice(0, shown),
  );
  const columns = ['file', 'class', 'probability'];
  const text = json
    ? visibleText(JSON.stringify(rows))
    : fitted(tableOf(rows, isOne), columnsOf(process.stdout));
  // Print the table before writing the file, since a write can fail.
  process.stdout.write(`${text}\n`);
  if (output !== undefined) await writeFileWhole(output, tableFile(rows, columns, output));
}

function requireClasses(model: tf.LayersModel, { classes }: ImageInput, run: string): void {
  const outputs = model.outputs.map(({ shape }) => shape.at(-1));
  if (outputs.length === 1 && outputs[0] === classes.length) return;
  throw new Error(
    `the network of ${run} must have one output of ${classes.length} classes, got ` +
      `${outputs.length === 1 ? `one of ${outputs[0]}` : outputs.length}`,
  );
}

/** The classes by falling probability. */
async function classesOf(model: tf.LayersModel, file: string, input: ImageInput): Promise<Row[]> {
  const { values, shape } = await prepareImageFile(file, input, warn);
  const output = tf.tidy(() => tf.softmax(model.predict(tf.tensor(values, shape)) as tf.Tensor));
  const probabilities = await output.data();
  output.dispose();
  if (!probabilities.every(Number.isFinite)) {
    throw new Error(`the network's output for ${file} must be finite`);
  }
  return input.classes
    .map((name, i) => ({ file, class: name, probability: probabilities[i]! }))
    .sort((a, b) => b.probability - a.probability);
}

function tableOf(rows: Row[], isOne: boolean): string {
  const table = new Table({
    head: [...(isOne ? [] : ['file']), 'class', 'probability'],
    style: { head: [], border: [] },
  });
  for (const row of rows) {
    const cells = [visibleText(row.class), formatShare(row.probability)];
    table.push(isOne ? cells : [visibleText(row.file), ...cells]);
  }
  return `${table}`;
}
