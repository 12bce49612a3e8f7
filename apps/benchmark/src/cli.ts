#!/usr/bin/env node
import { enableProdMode } from '@tensorflow/tfjs';
import { Command } from 'commander';
import { endWithOutput } from './closed-output.js';
import { addClassifyCommand } from './commands/classify.js';
import { addCompareCommand, addTrainCommand } from './commands/compare.js';
import { addConfigCommands } from './commands/config.js';
import { addCostCommand } from './commands/cost.js';
import { addPictureCommands } from './commands/pictures.js';
import { addQueueCommand } from './commands/queue.js';
import { addSearchCommand } from './commands/search.js';
import { addShiftCommand } from './commands/shift.js';
import { addSweepCommand } from './commands/sweep.js';
import { addTableCommand } from './commands/table.js';
import { addTradeoffCommand } from './commands/tradeoff.js';
import { addWorkerCommand } from './commands/worker.js';
import { maskedCommand, maskedText } from './queue/masked-address.js';
import { allowRelaxedSimd } from './relaxed-simd.js';
import { addSpansCommand } from './spans/command.js';
import { addSpeedCommand } from './speed/command.js';
import { visibleText } from './visible-text.js';

allowRelaxedSimd();
endWithOutput();
// A password on the command line is in the list of processes no longer than this takes.
const given = process.argv.slice(2);
const shown = maskedCommand(given);
if (shown !== ['ds-benchmark', ...given].join(' ')) process.title = shown;
// Also silences the banner with which tfjs greets its users in Node.
enableProdMode();

const program = new Command('ds-benchmark')
  .description('Trains, compares and reports: learned strides against everything else.')
  .showHelpAfterError()
  .configureOutput({ outputError: (text, write) => write(maskedText(text)) });

addTrainCommand(program);
addCompareCommand(program);
addTableCommand(program);
addTradeoffCommand(program);
addShiftCommand(program);
addSearchCommand(program);
addPictureCommands(program);
addSweepCommand(program);
addWorkerCommand(program);
addQueueCommand(program);
addClassifyCommand(program);
addConfigCommands(program);
addCostCommand(program);
addSpansCommand(program);
addSpeedCommand(program);

try {
  await program.parseAsync();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(visibleText(maskedText(message)));
  process.exitCode = 1;
}
