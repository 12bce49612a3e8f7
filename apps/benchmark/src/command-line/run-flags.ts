import { type Command, InvalidArgumentError, Option } from 'commander';
import { PRESETS } from '../config/presets.js';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { DATASETS, type DatasetName } from '../data/datasets.js';
import type { ExecutionOptions } from '../experiments/run-experiment.js';
import { MODELS, type ModelName } from '../network/networks.js';
import { knownPoolings, withImports } from '../poolings/import-poolings.js';
import { ADDRESS_FORM } from '../queue/masked-address.js';
import { queueUrl } from '../queue/queue-url.js';
import { redisTimeoutOption } from '../queue/redis-timeout.js';
import { CHECKPOINT_STEPS } from './checkpoint-steps.js';
import { dataOption } from './data-option.js';
import { count, filePath, nonNegative } from './flags.js';

/** Flags of every command that executes runs. */
export interface ExecutionFlags {
  jobs?: number;
  data: DataFolders;
  output: string;
  resume: boolean;
  overwrite: boolean;
  checkpointEvery?: number;
  queue?: string;
  redisTimeout: number;
  json: boolean;
}

/** Flags that decide what a run is. */
export interface RunFlags extends ExecutionFlags {
  config?: string;
  preset?: string;
  dataset?: DatasetName;
  model?: ModelName;
  smoothness?: number;
  norm?: string;
  width?: number;
  trainImages?: number | 'all';
  testImages?: number | 'all';
  validationImages?: number;
  epochs?: number;
  batchSize?: number;
  lambda?: number;
  backend?: RunConfig['backend'];
  border?: RunConfig['border'];
  activations?: RunConfig['activations'];
  replicas?: number;
}

/** Adds the flags of {@link ExecutionFlags}. */
export function withExecutionFlags(command: Command, folder: string): Command {
  return withImports(command)
    .option('--jobs <count>', 'parallel runs (default: one per core, fewer with replicas)', count)
    .addOption(dataOption())
    .option('--output <folder>', 'for the report and the folders of the runs', filePath, folder)
    .option('--resume', 'resume the interrupted runs of --output', false)
    .addOption(
      new Option('--overwrite', 'train the existing runs of --output again')
        .default(false)
        .conflicts(['resume', 'queue']),
    )
    .option(
      '--checkpoint-every <steps>',
      `steps between checkpoints (default: ${CHECKPOINT_STEPS})`,
      count,
    )
    .addOption(
      new Option('--queue <url>', `leave the runs to the workers of a Redis, ${ADDRESS_FORM}`)
        .env('DS_QUEUE')
        .argParser(queueUrl),
    )
    .addOption(redisTimeoutOption())
    .option('--json', 'progress and table as JSON lines on the standard output', false)
    .hook('preAction', (_, action) => {
      const { queue } = action.opts<ExecutionFlags>();
      if (queue === undefined && action.getOptionValueSource('redisTimeout') === 'cli') {
        throw new Error('--redis-timeout is for the runs of a --queue, and none is given');
      }
    });
}

/** Adds the flags of {@link RunFlags}. */
export function withRunFlags(command: Command, folder: string): Command {
  return withExecutionFlags(withFieldFlags(command), folder);
}

/** Adds the flags that decide what a run is, without those of its execution. */
export function withFieldFlags(command: Command): Command {
  const presets = Object.entries(PRESETS).map(
    ([name, { description }]) => `${name}: ${description}`,
  );
  return command
    .option('--config <file>', 'a run in YAML or JSON, overridden by the flags below', filePath)
    .addOption(
      new Option('--preset <name>', `${presets.join('; ')} (default: quick)`).choices(
        Object.keys(PRESETS),
      ),
    )
    .addOption(new Option('--dataset <name>', '(default: cifar10)').choices(DATASETS))
    .addOption(
      new Option('--model <name>', 'network for images (default: resnet18)').choices(MODELS),
    )
    .option(
      '--smoothness <bins>',
      'R, the width of the ramp of learned-stride masks, in bins',
      nonNegative,
    )
    .addOption(
      new Option('--norm <name>', 'scale of the spectral poolings').choices([
        'backward',
        'ortho',
        'forward',
      ]),
    )
    .option('--width <filters>', 'filters of the first stage', count)
    .option('--train-images <count>', 'examples drawn from the training set, or all', exampleCount)
    .option('--test-images <count>', 'examples drawn from the test set, or all', exampleCount)
    .option(
      '--validation-images <count>',
      'training examples to hold out and to score on, in place of the test set',
      count,
    )
    .option('--epochs <count>', 'passes over the training examples', count)
    .option('--batch-size <count>', 'examples per step', count)
    .option('--lambda <factor>', 'λ, the factor of the complexity penalty', nonNegative)
    .addOption(
      new Option(
        '--border <name>',
        'pixels beyond the border, in convolutions and blurs; with circular, aps and lps ignore ' +
          'circular shifts (default: zero)',
      ).choices(['zero', 'circular', 'reflect']),
    )
    .addOption(
      new Option(
        '--backend <name>',
        'backend; webgpu uses a GPU through Dawn and executes one run at a time',
      ).choices(['auto', 'wasm', 'webgpu', 'cpu', 'tensorflow']),
    )
    .addOption(
      new Option(
        '--activations <type>',
        'kept for their gradients: float16, on webgpu, takes half of the memory',
      ).choices(['float32', 'float16']),
    )
    .option(
      '--replicas <count>',
      'threads that share each run’s batches (default: 1; train: one per core)',
      count,
    );
}

/** Poolings by name; `all` is every one there is. */
export function poolingList(text: string): string[] {
  if (text === 'all') return ['conv', ...knownPoolings()];
  const names = text.split(',').map((name) => name.trim());
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice === undefined) return names;
  throw new InvalidArgumentError(`must name each pooling once, got '${twice}' twice`);
}

function exampleCount(text: string): number | 'all' {
  return text === 'all' ? 'all' : count(text);
}

/** The stream for progress: stderr if it is a terminal, so that redirected output has no bars. */
export function outputOf({ json }: Pick<ExecutionFlags, 'json'>): NodeJS.WriteStream {
  return json || process.stderr.isTTY ? process.stderr : process.stdout;
}

export function executionOf(flags: ExecutionFlags): Omit<ExecutionOptions, 'attempts' | 'begin'> {
  const { jobs, data, resume, overwrite, queue, redisTimeout, json } = flags;
  return {
    jobs,
    data,
    resume,
    overwrite,
    checkpointEvery: flags.checkpointEvery ?? CHECKPOINT_STEPS,
    queue,
    redisTimeout,
    json,
    outputFolder: flags.output,
    output: outputOf(flags),
  };
}
