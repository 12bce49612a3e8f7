#!/usr/bin/env node
import { availableParallelism } from 'node:os';
import { poolingNames } from '@ds/layers';
import { enableProdMode } from '@tensorflow/tfjs';
import { Argument, Command, Option } from 'commander';
import { compare } from './compare.js';
import { type CostOptions, costOfModel } from './cost.js';
import { number, numbers } from './flags.js';
import { makePaperTable } from './paper-table/make-paper-table.js';
import { PAPER_STRIDES } from './paper-table/paper-accuracies.js';
import { PRESETS } from './presets.js';
import { allowRelaxedSimd } from './relaxed-simd.js';
import { parseRunConfig, type RunConfig } from './run-config.js';
import { addSpansCommand } from './spans/command.js';
import { addSpeedCommand } from './speed/command.js';

/** What the flags of both commands give. */
interface Flags {
  preset: string;
  strides: number[];
  smoothness?: number;
  norm?: string;
  width?: number;
  trainImages?: number;
  testImages?: number;
  epochs?: number;
  batchSize?: number;
  lambda?: number;
  backend?: RunConfig['backend'];
  jobs?: number;
  replicas?: number;
  data?: string;
  output: string;
  resume: boolean;
  checkpointEvery: number;
}

/** Where people look: a terminal's error stream if there is one, so that output can be redirected without the bars. */
const output = process.stderr.isTTY ? process.stderr : process.stdout;

allowRelaxedSimd();
// Also silences the banner with which tfjs greets its users in Node.
enableProdMode();

const program = new Command('ds-benchmark')
  .description('Trains, compares and reports: learned strides against everything else.')
  .showHelpAfterError();

withStrides(withRunFlags(program.command('compare')))
  .description('train the same network with several poolings side by side, and report')
  .option(
    '--poolings <names>',
    `of conv, ${poolingNames().join(', ')}; or all of them: all`,
    list,
    ['conv', 'spectral', 'diffstride'],
  )
  .option('--seeds <count>', 'runs of each pooling, seeds 1 … count', number)
  .action(async (flags: Flags & { poolings: string[]; seeds?: number }) => {
    const seeds = flags.seeds ?? presetOf(flags).seeds;
    // The seeds of one pooling in a row, the costliest pooling (by custom the last) first, so that
    // no core waits long at the end.
    const configs = flags.poolings
      .toReversed()
      .flatMap((pooling) =>
        Array.from({ length: seeds }, (_, index) => configOf(flags, pooling, index + 1)),
      );
    await execute(configs, flags, flags.poolings);
  });

withStrides(withRunFlags(program.command('train')))
  .description('train one network, and report')
  .option('--pooling <name>', `conv, ${poolingNames().join(', ')}`, 'diffstride')
  .option('--seed <number>', 'of the initial weights, the images and their order', number, 1)
  .action(async (flags: Flags & { pooling: string; seed: number }) => {
    const shared = { ...flags, replicas: flags.replicas ?? availableParallelism() };
    await execute([configOf(shared, flags.pooling, flags.seed)], shared, [flags.pooling]);
  });

withRunFlags(program.command('table'), 'runs/table')
  .description(
    'a table of the paper: accuracy from each of its initial strides, beside what it prints',
  )
  .addArgument(new Argument('<name>', 'which').choices(['cifar10']))
  .option('--poolings <names>', 'its columns', list, ['conv', 'spectral', 'diffstride'])
  .option('--seeds <count>', 'runs of each cell, seeds 1 … count', number)
  .action(async (_: string, flags: SomeFlags & { poolings: string[]; seeds?: number }) => {
    const seeds = flags.seeds ?? presetOf(flags).seeds;
    const configs = PAPER_STRIDES.flatMap((strides) =>
      flags.poolings
        .toReversed()
        .flatMap((pooling) =>
          Array.from({ length: seeds }, (__, index) =>
            configOf({ ...flags, strides }, pooling, index + 1),
          ),
        ),
    );
    announce(
      configs,
      flags,
      `${flags.poolings.join(', ')} from the paper’s ${PAPER_STRIDES.length} initial strides`,
    );
    const { stopped } = await makePaperTable(configs, {
      ...executionOf(flags),
      strides: PAPER_STRIDES,
      poolings: flags.poolings,
    });
    finish(flags, stopped, 'ds-benchmark table cifar10 --preset full');
  });

program
  .command('cost')
  .description('what each layer of a network costs for one image, at its initial strides')
  .addOption(new Option('--model <name>').choices(['resnet18', 'resnet56']).default('resnet18'))
  .option('--pooling <name>', `conv, ${poolingNames().join(', ')}`, 'diffstride')
  .option('--strides <list>', 'of stem and stages (default: the model’s)', numbers)
  .option('--input <list>', 'height, width and channels of the image', numbers, [32, 32, 3])
  .option('--classes <count>', 'outputs', number, 10)
  .option('--width <filters>', 'filters of the first stage', number)
  .addOption(new Option('--variant <name>').choices(['preact', 'original']))
  .addOption(
    new Option('--stem <name>', 'of resnet18').choices(['cifar', 'imagenet']).default('cifar'),
  )
  .option('--smoothness <bins>', 'R of the DiffStride masks', number)
  .action(async (flags: CostOptions) => {
    process.stdout.write(`${await costOfModel(flags)}\n`);
  });

addSpansCommand(program);
addSpeedCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}

function withRunFlags(command: Command, folder = 'runs/latest'): Command {
  return command
    .addOption(
      new Option(
        '--preset <name>',
        Object.entries(PRESETS)
          .map(([name, { description }]) => `${name}: ${description}`)
          .join('; '),
      )
        .choices(Object.keys(PRESETS))
        .default('quick'),
    )
    .option('--smoothness <bins>', 'R of the DiffStride masks', number)
    .addOption(
      new Option('--norm <name>', 'scale of the spectral poolings').choices([
        'backward',
        'ortho',
        'forward',
      ]),
    )
    .option('--width <filters>', 'filters of the first stage', number)
    .option('--train-images <count>', 'images drawn from the training set', number)
    .option('--test-images <count>', 'images drawn from the test set', number)
    .option('--epochs <count>', 'passes over the training images', number)
    .option('--batch-size <count>', 'images a step', number)
    .option('--lambda <factor>', 'of the complexity penalty', number)
    .addOption(new Option('--backend <name>').choices(['auto', 'wasm', 'cpu', 'tensorflow']))
    .option('--jobs <count>', 'runs at a time (default: what there are cores for)', number)
    .option(
      '--replicas <count>',
      'threads that share each run’s batches (default: compare: 1; train: one a core)',
      number,
    )
    .option('--data <folder>', 'a cifar-10-batches-bin folder (default: fetched once into a cache)')
    .option('--output <folder>', 'for results.json, report.html and checkpoints', folder)
    .option('--resume', 'go on with the runs of --output where they were interrupted', false)
    .option('--checkpoint-every <steps>', 'steps between checkpoints', number, 100);
}

function withStrides(command: Command): Command {
  return command.option(
    '--strides <list>',
    'initial strides of stages 2 to 4, or of stem and stages 1 to 4',
    numbers,
    [3, 1, 3],
  );
}

function presetOf({ preset }: SomeFlags) {
  return PRESETS[preset]!;
}

function configOf(flags: Flags, pooling: string, seed: number): RunConfig {
  const preset = presetOf(flags);
  const strides = flags.strides.length === 3 ? [1, 1, ...flags.strides] : flags.strides;
  const { width, trainImages, testImages, epochs, batchSize, lambda, backend, replicas } = flags;
  const given = Object.fromEntries(
    Object.entries({
      width,
      trainImages,
      testImages,
      epochs,
      batchSize,
      lambda,
      backend,
      replicas,
    }).filter(([, value]) => value !== undefined),
  );
  return parseRunConfig({
    ...preset.run,
    ...given,
    pooling,
    poolingConfig: poolingConfigOf(flags, pooling),
    strides,
    seed,
  });
}

/** The preset's, with what the flags say of poolings that have it. */
function poolingConfigOf(flags: Flags, pooling: string): Record<string, unknown> {
  const { smoothness, norm } = flags;
  const config = { ...presetOf(flags).poolingConfigs[pooling] };
  if (smoothness !== undefined && pooling === 'diffstride') config.smoothness = smoothness;
  if (norm !== undefined && pooling !== 'conv') config.norm = norm;
  return config;
}

async function execute(configs: RunConfig[], flags: Flags, poolings: string[]): Promise<void> {
  const strides = configs[0]!.strides.slice(2);
  announce(configs, flags, `${poolings.join(', ')} from strides (${strides.join(', ')})`);
  const { stopped } = await compare(configs, { ...executionOf(flags), poolings });
  finish(flags, stopped, `npm start -- --preset full --strides ${strides.join(',')}`);
}

type SomeFlags = Omit<Flags, 'strides'>;

function announce(configs: RunConfig[], flags: SomeFlags, what: string): void {
  const count = `${configs.length} ${configs.length === 1 ? 'run' : 'runs'}`;
  const { description } = presetOf(flags);
  output.write(`${count}: ${what}, preset '${flags.preset}' (${description})\n`);
}

function executionOf(flags: SomeFlags) {
  return {
    context: {
      preset: flags.preset,
      isPaperProtocol: presetOf(flags).isPaperProtocol,
      command: `ds-benchmark ${process.argv.slice(2).join(' ')}`,
      date: new Date(),
    },
    outputFolder: flags.output,
    dataFolder: flags.data,
    jobs: flags.jobs,
    resume: flags.resume,
    checkpointEvery: flags.checkpointEvery,
    output,
  };
}

function finish(flags: SomeFlags, stopped: boolean, full: string): void {
  if (!presetOf(flags).isPaperProtocol) {
    output.write(
      `This was a quick run, not the paper's protocol. The full experiment (days on a CPU): ${full}\n`,
    );
  }
  if (stopped) process.exitCode = 130;
}

function list(text: string): string[] {
  if (text === 'all') return ['conv', ...poolingNames()];
  return text.split(',').map((name) => name.trim());
}
