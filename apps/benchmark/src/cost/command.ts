import { type Command, Option } from 'commander';
import { count, listOf, nonNegative, positive, stride } from '../command-line/flags.js';
import { COST_MODELS } from '../network/networks.js';
import { knownPoolings, withImports } from '../poolings/import-poolings.js';
import type { CostOptions } from './cost-of-model.js';

/** Adds `cost`, which prints the cost of each layer of a network. */
export function addCostCommand(program: Command): void {
  withImports(program.command('cost'))
    .description('print the cost of each layer of a network for one image, at the initial strides')
    .addOption(new Option('--model <name>').choices(COST_MODELS).default('resnet18'))
    .option('--pooling <name>', `conv, ${knownPoolings().join(', ')}`, 'diffstride')
    .option(
      '--strides <list>',
      'strides of the stages that reduce, or of stem and all stages (default: the model’s)',
      listOf(stride),
    )
    .option('--input <list>', 'height, width and channels of the image', listOf(count), [32, 32, 3])
    .option('--classes <count>', 'number of classes', count, 10)
    .option(
      '--width <filters>',
      'filters of the first stage; mobilenet-v2 has the multiplier width/16',
      positive,
    )
    .addOption(new Option('--variant <name>').choices(['preact', 'original']))
    .addOption(
      new Option('--stem <name>', 'stem of resnet18 and mobilenet-v2')
        .choices(['cifar', 'imagenet'])
        .default('cifar'),
    )
    .option(
      '--smoothness <bins>',
      'R, the width of the ramp of learned-stride masks, in bins',
      nonNegative,
    )
    .action(async (flags: CostOptions) => {
      if (flags.input.length !== 3) {
        throw new Error(`--input must be height, width and channels, got ${flags.input.join(',')}`);
      }
      const { costOfModel } = await import('./cost-of-model.js');
      process.stdout.write(`${await costOfModel(flags)}\n`);
    });
}
