#!/usr/bin/env node
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { addCommands } from './add-commands.js';
import { helpOfKnown } from './command-line/help-of-known.js';
import { importPoolings, importsOf } from './poolings/import-poolings.js';
import { endAfterOutput, endWithOutput } from './process/closed-output.js';
import { maskedCommand, maskedText } from './queue/masked-address.js';
import { visibleText } from './text/visible-text.js';

endWithOutput();
// Hide a password on the command line from the process list as early as possible.
const given = process.argv.slice(2);
const shown = maskedCommand(given);
if (shown !== ['ds-benchmark', ...given].join(' ')) process.title = shown;

/** Commands that compute nothing. They load no tfjs, so that they start fast. */
const PLAIN_COMMANDS = ['complete', 'completion', 'config', 'list', 'queue', 'schema'];

const require = createRequire(import.meta.url);
const { version } = require('../package.json') as { version: string };
const tfjs = require('@tensorflow/tfjs-core/package.json') as { version: string };
const program = new Command('ds-benchmark')
  .description('Trains networks with learned and with fixed strides, and compares them.')
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
  addCommands(program);
  await program.parseAsync(helpOfKnown(program, given), { from: 'user' });
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  console.error(visibleText(maskedText(message)));
  process.exitCode = 1;
}
if (importsOf(given).length > 0) endAfterOutput();
