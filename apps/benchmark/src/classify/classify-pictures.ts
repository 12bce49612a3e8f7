import { stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type ImageInput, imageFiles, prepareImageFile } from '@ds/data';
import * as tf from '@tensorflow/tfjs';
import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { formatShare } from '../format.js';
import { columnsOf, fitted } from '../terminal-width.js';
import { visibleText } from '../visible-text.js';
import type { ClassifyFlags } from './classify-flags.js';
import { warn } from './warn.js';

/** A class of a picture. */
interface Row {
  file: string;
  class: string;
  probability: number;
}

/**
 * Classifies pictures with a network, and prints the classes by falling probability: the best ones
 * of a single file, or the best one of each of several files.
 *
 * @throws Error that names the file if it is wrong.
 */
export async function classifyPictures(
  model: tf.LayersModel,
  paths: string[],
  input: ImageInput,
  { top, output, json }: ClassifyFlags,
): Promise<void> {
  const files = await filesOf(paths);
  const isOne = files.length === 1 && files[0] === paths[0];
  const rows: Row[] = [];
  for (const file of files) {
    const classes = await classesOf(model, file, input);
    rows.push(...classes.slice(0, isOne ? top : 1));
  }
  if (output !== undefined) await writeFile(output, fileOf(rows, output));
  const text = json
    ? visibleText(JSON.stringify(rows))
    : fitted(tableOf(rows, isOne), columnsOf(process.stdout));
  process.stdout.write(`${text}\n`);
}

/** Puts the picture files of a folder in its place. */
async function filesOf(paths: string[]): Promise<string[]> {
  const lists = await Promise.all(
    paths.map(async (one) => {
      const found = await stat(one).catch(() => null);
      if (!found?.isDirectory()) return [one];
      const { files, notes } = await imageFiles(one);
      notes.forEach(warn);
      return files.map((file) => path.join(one, file));
    }),
  );
  return lists.flat();
}

/** The classes by falling probability. */
async function classesOf(model: tf.LayersModel, file: string, input: ImageInput): Promise<Row[]> {
  const { values, shape } = await prepareImageFile(file, input, warn);
  const output = tf.tidy(() => tf.softmax(model.predict(tf.tensor(values, shape)) as tf.Tensor));
  const probabilities = await output.data();
  output.dispose();
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

/** The rows for a file: CSV or JSON, by the file's ending. */
function fileOf(rows: Row[], file: string): string {
  if (file.toLowerCase().endsWith('.json')) return `${JSON.stringify(rows, null, 2)}\n`;
  return stringify(rows, { header: true, columns: ['file', 'class', 'probability'] });
}
