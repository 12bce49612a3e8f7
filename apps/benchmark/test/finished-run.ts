import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs';
import type { RunResult } from '../src/run/run-result.js';
import { runFolder } from '../src/run-folder/run-folder.js';
import { saveModel } from '../src/run-folder/saved-model.js';

/** Writes what makes a run count as finished: its result, and a model that is whole. */
export async function writeFinishedRun(output: string, result: RunResult): Promise<void> {
  const folder = runFolder(output, result.config);
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'config.json'), JSON.stringify(result.config));
  const { classTest, ...summary } = result;
  await writeFile(path.join(folder, 'summary.json'), JSON.stringify(summary));
  if (classTest) await writeFile(path.join(folder, 'test.json'), JSON.stringify(classTest));
  const model = tf.sequential({ layers: [tf.layers.dense({ units: 1, inputShape: [1] })] });
  await saveModel(model, path.join(folder, 'model'));
  model.dispose();
}
