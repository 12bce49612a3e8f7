import { Argument, type Command, Option } from 'commander';
import { count, filePath } from '../command-line/flags.js';
import type { SpeedFlags } from './time-cases.js';

/** Adds `speed`, which times ops, layers and training steps against other libraries. */
export function addSpeedCommand(program: Command): void {
  program
    .command('speed')
    .description(
      'time ops, layers and training steps against plain tfjs, and against PyTorch and jax-js ' +
        '(where they are installed and start); ' +
        'or real FFTs against other packages and numpy',
    )
    .addArgument(
      new Argument('[what]', 'what to time').choices(['training', 'fft']).default('training'),
    )
    .addOption(
      new Option(
        '--set <name>',
        'full: the shapes of ResNet-18; quick: a few cases; gpu: cases that occupy a GPU',
      )
        .choices(['full', 'quick', 'gpu'])
        .default('full'),
    )
    .option('--only <text>', 'only cases with this text in their name or group')
    .option(
      '--contenders <text...>',
      'only contenders with one of these texts in their name, such as webgpu, GPU',
    )
    .option('--repeats <count>', 'number of tries of each contender', count, 15)
    .option('--scaling', 'also vary image size, channels, batch size and replicas')
    .option('--no-torch', 'do not time PyTorch')
    .option('--no-jax', 'do not time jax-js (it needs Node 22 or later)')
    .option('--no-plain', 'do not time plain tfjs')
    .option('--no-replicas', 'time training steps on one core only')
    .option('--webgpu', 'also time the GPU: DiffStride and tfjs through WebGPU, and PyTorch')
    .option('--output <folder>', 'folder of speed.json and speed.html', filePath, 'runs/speed')
    .action(async (what: 'training' | 'fft', flags: SpeedFlags, command: Command) => {
      if (what === 'fft') requireFlagsOfFfts(command);
      const { timeCases, timeFfts } = await import('./time-cases.js');
      await (what === 'fft' ? timeFfts(flags) : timeCases(flags));
    });
}

/** The flags that timing FFTs reads. */
const OF_FFTS = ['repeats', 'output'];

/** @throws Error if a flag of training comes with FFTs. */
function requireFlagsOfFfts(command: Command): void {
  const given = command.options.find(
    (option) =>
      !OF_FFTS.includes(option.attributeName()) &&
      command.getOptionValueSource(option.attributeName()) === 'cli',
  );
  if (given) throw new Error(`${given.long} is for 'speed training', and not for 'speed fft'`);
}
