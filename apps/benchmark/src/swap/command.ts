import { Argument, type Command, InvalidArgumentError, Option } from 'commander';
import { filePath, listOf, nonNegative, stride } from '../command-line/flags.js';
import { knownPoolings, withImports } from '../poolings/import-poolings.js';
import { visibleText } from '../text/visible-text.js';
import type { SwapCommandOptions } from './swap-model.js';

/** Adds `swap`, which replaces the strides of a saved model by poolings. */
export function addSwapCommand(program: Command): void {
  withImports(program.command('swap'))
    .addArgument(new Argument('<model.json>', 'saved LayersModel').argParser(filePath))
    .description('replace strides and poolings of a saved LayersModel, and keep all weights')
    .requiredOption('--pooling <name>', knownPoolings().join(', '))
    .option(
      '--strides <layer=strides...>',
      'strides of the pooling at a layer, such as conv1=3,2 (default: the layer’s own)',
      layerStrides,
    )
    .option('--only <regex>', 'swap only layers whose path matches', regularExpression)
    .addOption(
      new Option(
        '--placement <place>',
        'after the convolution or after its activation (default: the pooling’s)',
      ).choices(['convolution', 'activation']),
    )
    .option(
      '--smoothness <bins>',
      'R, the width of the ramp of learned-stride masks, in bins (default: by the map)',
      nonNegative,
    )
    .requiredOption('--output <folder>', 'folder of the new model', filePath)
    .action(async (file: string, flags: SwapCommandOptions) => {
      const { swapModel } = await import('./swap-model.js');
      process.stdout.write(`${visibleText(await swapModel(file, flags))}\n`);
    });
}

/** Parses `layer=strides`, and adds it to those before. */
function layerStrides(
  text: string,
  before: Record<string, [number, number]> = {},
): Record<string, [number, number]> {
  const at = text.lastIndexOf('=');
  if (at < 1) throw new InvalidArgumentError(`must be layer=strides, got '${text}'`);
  const [height, width = height, ...more] = listOf(stride)(text.slice(at + 1));
  if (more.length > 0) {
    throw new InvalidArgumentError(`must have one or two strides, got '${text}'`);
  }
  return { ...before, [text.slice(0, at)]: [height!, width!] };
}

function regularExpression(text: string): RegExp {
  if (text === '') {
    throw new InvalidArgumentError("must be a regular expression, got ''. Is a variable unset?");
  }
  try {
    return new RegExp(text);
  } catch (error) {
    throw new InvalidArgumentError(
      `must be a regular expression, got '${text}': ${(error as Error).message}`,
    );
  }
}
