#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addArchitectureCommand } from './architecture/command.js';
import { addClassifyCommand } from './classify/command.js';
import { endWithOutput } from './closed-output.js';
import { addConfigCommands } from './commands/config.js';
import { addQueueCommand } from './commands/queue.js';
import { addWorkerCommand } from './commands/worker.js';
import { addCompareCommand, addTrainCommand } from './compare/command.js';
import { addCostCommand } from './cost/command.js';
import { addExportCommand } from './export/command.js';
import { addFreezeCommand } from './freeze/command.js';
import { importPoolings, importsOf } from './import-poolings.js';
import { addTableCommand } from './paper-table/command.js';
import { addPictureCommands } from './pictures/command.js';
import { maskedCommand, maskedText } from './queue/masked-address.js';
import { addSearchCommand } from './search/command.js';
import { addShiftCommand } from './shift/command.js';
import { addSpansCommand } from './spans/command.js';
import { addSpeedCommand } from './speed/command.js';
import { addSwapCommand } from './swap/command.js';
import { addSweepCommand } from './sweep/command.js';
import { addTradeoffCommand } from './tradeoff/command.js';
import { visibleText } from './visible-text.js';

endWithOutput();
// Hide a password on the command line from the process list as early as possible.
const given = process.argv.slice(2);
const shown = maskedCommand(given);
if (shown !== ['ds-benchmark', ...given].join(' ')) process.title = shown;

/** Commands that compute nothing. They load no tfjs, so that they start fast. */
const PLAIN_COMMANDS = ['config', 'queue', 'schema'];

const require = createRequire(import.meta.url);
const { version } = require('../package.json') as { version: string };
const tfjs = require('@tensorflow/tfjs-core/package.json') as { version: string };
const program = new Command('ds-benchmark')
  .description('Trains, compares and reports: learned strides against everything else.')
  .version(
    `${version} (tfjs ${tfjs.version}, Node ${process.versions.node})`,
    '-V, --version',
    'print the version',
  )
  .showHelpAfterError('(--help lists all flags)')
  .configureOutput({ outputError: (text, write) => write(maskedText(text)) })
  .hook('preAction', async () => {
    if (PLAIN_COMMANDS.includes(program.args[0]!)) return;
    const { prepareEngine } = await import('./engine.js');
    prepareEngine();
  });

try {
  // Import before the flags are defined: their defaults and help list every pooling.
  await importPoolings(importsOf(given));
  addCommands();
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(visibleText(maskedText(message)));
  process.exitCode = 1;
}

function addCommands(): void {
  addTrainCommand(program);
  addCompareCommand(program);
  addTableCommand(program);
  addTradeoffCommand(program);
  addShiftCommand(program);
  addSearchCommand(program);
  addArchitectureCommand(program);
  addPictureCommands(program);
  addSweepCommand(program);
  addWorkerCommand(program);
  addQueueCommand(program);
  addClassifyCommand(program);
  addExportCommand(program);
  addFreezeCommand(program);
  addConfigCommands(program);
  addCostCommand(program);
  addSwapCommand(program);
  addSpansCommand(program);
  addSpeedCommand(program);
}
