import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { type Command, Option } from 'commander';
import { CHECKPOINT_STEPS } from '../command-line/checkpoint-steps.js';
import { cifarOption } from '../command-line/data-option.js';
import { count, filePath, integer, nonNegative, positive } from '../command-line/flags.js';
import type { DataFolders } from '../data/data-folders.js';
import { interruption } from '../process/interruption.js';
import { maskedCommand } from '../queue/masked-address.js';
import { claimOutput } from '../run-folder/output-folder.js';
import { formatCount } from '../text/format.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';
import type { ArchitectureOptions } from './learn-architecture.js';

/** Steps between printed lines. */
const EVERY = 10;

interface ArchitectureFlags extends Omit<ArchitectureOptions, 'initialKernelSize'> {
  initialKernelSize?: number;
  data: DataFolders;
  output: string;
  resume: boolean;
  overwrite: boolean;
  checkpointEvery: number;
  json: boolean;
}

/** Adds `architecture`, which trains a network whose sizes learn under a budget. */
export function addArchitectureCommand(program: Command): void {
  program
    .command('architecture')
    .description('train a network whose kernels, widths, depths and strides learn under a budget')
    .option('--budget <count>', 'multiply-adds per image (default: half of the initial)', positive)
    .option('--lambda <factor>', 'λ of the penalty (C/C* − 1)² on the budget', nonNegative, 1)
    .addOption(cifarOption())
    .option('--images <count>', 'training images', count, 4000)
    .option('--test-images <count>', 'test images', count, 1000)
    .option('--epochs <count>', 'passes over the training images', count, 3)
    .option('--batch <count>', 'images per step', count, 50)
    .option('--width <count>', 'channels between the blocks of the first stage', count, 8)
    .option('--stages <count>', 'stages, with strides that learn between them', count, 3)
    .option('--blocks <count>', 'largest number of blocks in a stage', count, 3)
    .option('--kernel-size <taps>', 'largest kernel, odd', count, 7)
    .option(
      '--initial-kernel-size <taps>',
      'initial kernel (default: 5, or the largest if that is less)',
      positive,
    )
    .option('--learning-rate <rate>', 'peak learning rate of Adam', positive, 0.003)
    .option(
      '--size-learning-rate-scale <factor>',
      'learning rate of sizes and strides, as a factor of --learning-rate',
      positive,
      1,
    )
    .option('--seed <number>', 'seed of weights, images and batches', integer, 1)
    .option('--output <folder>', 'folder for report and results', filePath, 'runs/architecture')
    .option('--resume', 'continue the interrupted training of --output', false)
    .addOption(
      new Option('--overwrite', 'discard the training in --output and start again')
        .default(false)
        .conflicts('resume'),
    )
    .option('--checkpoint-every <steps>', 'steps between checkpoints', count, CHECKPOINT_STEPS)
    .option('--json', 'print the table as JSON', false)
    .action(run);
}

async function run({
  data: folders,
  output,
  resume,
  overwrite,
  checkpointEvery: every,
  json,
  initialKernelSize: given,
  ...flags
}: ArchitectureFlags): Promise<void> {
  const { kernelSize, images, testImages } = flags;
  if (given !== undefined && given > kernelSize) {
    throw new Error(`--initial-kernel-size must be <= --kernel-size (${kernelSize}), got ${given}`);
  }
  const options = { ...flags, initialKernelSize: given ?? Math.min(5, kernelSize) };
  const { loadCifar10 } = await import('@ds/data');
  const { writeFileWhole } = await import('@ds/train/checkpoints');
  const { writePage } = await import('../experiments/write-report.js');
  const { useOwnBackend } = await import('../process/own-backend.js');
  const { learnArchitecture } = await import('./learn-architecture.js');
  const { keepTraining } = await import('./keep-training.js');
  const { architectureReport } = await import('./report.js');
  const print = (text: string) => {
    if (!json) process.stdout.write(`${fitted(visibleText(text), columnsOf(process.stdout))}\n`);
  };
  const releaseOutput = await claimOutput(output);
  const { signal, exitCode, release } = interruption(() =>
    print('\nStopping after the step in progress; press Ctrl-C again to leave at once.'),
  );
  try {
    await useOwnBackend('wasm');
    const data = await loadCifar10({ folder: folders.cifar10 ?? folders.any, onProgress: print });
    for (const [kind, wanted, { count: there }] of [
      ['training', images, data.train],
      ['test', testImages, data.test],
    ] as const) {
      if (wanted <= there) continue;
      print(`${data.name} has no more: it takes all ${there.toLocaleString('en')} ${kind} images.`);
    }
    const onWarning = (message: string) => console.warn(message);
    const keeping = { every, resume, overwrite, onWarning };
    const kept = await keepTraining(output, options, data, keeping);
    if (kept.last) print(`The training continues after step ${kept.last.step}.`);
    const result = await learnArchitecture(data, options, {
      signal,
      kept,
      onStep: ({ step, loss, macs }, steps) => {
        if (step % EVERY !== 0) return;
        print(`step ${step} of ${steps}: loss ${loss.toFixed(2)}, ${formatCount(macs)} MACs`);
      },
    });
    const report = architectureReport(result, maskedCommand(process.argv.slice(2)));
    const file = await writePage(report, output);
    await writeFileWhole(path.join(output, 'results.json'), JSON.stringify(result));
    if (json) process.stdout.write(`${JSON.stringify(report.rows)}\n`);
    print(`${report.text}\nReport: ${pathToFileURL(path.resolve(file))}`);
    if (signal.aborted) {
      print(
        'The training was stopped. The report holds the steps so far. ' +
          'Run the same command with --resume to continue.',
      );
    }
  } finally {
    release();
    await releaseOutput();
  }
  if (signal.aborted) process.exitCode = exitCode();
}
