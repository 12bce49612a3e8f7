import { readFile } from 'node:fs/promises';
import path from 'node:path';
// Registers the layers of saved networks.
import '@ds/layers';
import type * as tf from '@tensorflow/tfjs-core';
import Table from 'cli-table3';
import type { Command } from 'commander';
import { count, filePath } from '../flags.js';
import { formatShare } from '../format.js';
import { withImports } from '../import-poolings.js';
import type { RunResult } from '../run-result.js';
import { columnsOf, fitted } from '../terminal-width.js';
import { visibleText } from '../visible-text.js';

/** Adds `classify`, which classifies a WAV file with a trained run. */
export function addClassifyCommand(program: Command): void {
  withImports(program.command('classify <wav>'))
    .description('classify a WAV file with a network trained on sounds')
    .requiredOption(
      '--run <folder>',
      "folder of the trained run: <output>/runs/<id> of 'table audio' or 'train'",
      filePath,
    )
    .option('--top <count>', 'number of classes to print for each task', count, 3)
    .option('--json', 'print the result as JSON', false)
    .action(async (wav: string, flags: { run: string; top: number; json: boolean }) => {
      const { classifySound, decodeWav, toMono } = await import('@ds/data/audio');
      const { useOwnBackend } = await import('../own-backend.js');
      const { loadModel } = await import('../run-folder/saved-model.js');
      const sound = await soundOf(flags.run);
      await useOwnBackend('auto');
      const model = await loadModel(path.join(flags.run, 'model'));
      const decoded = decodeWav(await readWav(wav), wav, (note) =>
        process.stderr.write(`${visibleText(note)}\n`),
      );
      const ask = () =>
        classifySound(
          (x) => model.predict(x) as tf.Tensor | tf.Tensor[],
          toMono(decoded),
          decoded.sampleRate,
          sound,
        );
      // The first call compiles. The second one measures the usual latency.
      await ask();
      const start = performance.now();
      const heard = await ask();
      const milliseconds = performance.now() - start;
      if (flags.json) {
        process.stdout.write(`${visibleText(JSON.stringify({ tasks: heard, milliseconds }))}\n`);
        return;
      }
      const table = new Table({
        head: ['task', 'heard', 'probability'],
        style: { head: [], border: [] },
      });
      for (const { task, classes } of heard) {
        classes.slice(0, flags.top).forEach(({ name, probability }, i) => {
          table.push([
            i === 0 ? visibleText(task) : '',
            visibleText(name),
            formatShare(probability),
          ]);
        });
      }
      const seconds = decoded.channels[0]!.length / decoded.sampleRate;
      const text =
        `${table}\n${seconds.toFixed(2)} s of sound in ` +
        `${milliseconds.toFixed(1)} ms, front end included.`;
      process.stdout.write(`${fitted(text, columnsOf(process.stdout))}\n`);
    });
}

async function readWav(file: string): Promise<Uint8Array> {
  try {
    return await readFile(file);
  } catch (error) {
    throw new Error(`${file} cannot be read; expected a WAV file`, { cause: error });
  }
}

async function soundOf(folder: string): Promise<NonNullable<RunResult['sound']>> {
  const file = path.join(folder, 'summary.json');
  let result: RunResult;
  try {
    result = JSON.parse(await readFile(file, 'utf8'));
  } catch (error) {
    throw new Error(`${file} cannot be read; expected a run that has ended`, { cause: error });
  }
  if (!result.sound) throw new Error(`--run must be a run on sounds, got one on ${result.dataset}`);
  return result.sound;
}
