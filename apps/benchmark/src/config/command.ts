import { Argument, type Command } from 'commander';
import { integer, listOf, stride } from '../command-line/flags.js';
import { type RunFlags, withFieldFlags } from '../command-line/run-flags.js';
import { knownPoolings, withImports } from '../poolings/import-poolings.js';

/** Adds `config` and `schema`, which print a run's configuration and the schemas of files. */
export function addConfigCommands(program: Command): void {
  withImports(withFieldFlags(program.command('config')))
    .description('print the whole configuration of a run as YAML, for --config')
    .option('--pooling <name>', `conv, ${knownPoolings().join(', ')} (default: diffstride)`)
    .option('--strides <list>', 'initial strides (default: 3,2,3)', listOf(stride))
    .option('--seed <number>', 'seed of the run (default: 1)', integer)
    .action(async (flags: RunFlags & { pooling?: string; strides?: number[]; seed?: number }) => {
      const { stringify } = await import('yaml');
      const { configOf, runFileOf } = await import('../command-line/run-of-flags.js');
      const { requireOptionFlags } = await import('../poolings/pooling-options.js');
      const file = await runFileOf(flags);
      requireOptionFlags(flags, [flags.pooling ?? file.pooling ?? 'diffstride']);
      const config = configOf(flags, file, {
        pooling: flags.pooling ?? file.pooling,
        strides: flags.strides ?? file.strides,
        seed: flags.seed ?? file.seed ?? 1,
      });
      process.stdout.write(stringify(config, { flowCollectionPadding: false }));
    });
  program
    .command('schema')
    .description('print the JSON Schema of a file')
    .addArgument(new Argument('<kind>', 'kind of file').choices(['run', 'sweep']))
    .action(async (kind: 'run' | 'sweep') => {
      const { fileJsonSchema } = await import('./config-file.js');
      process.stdout.write(`${JSON.stringify(fileJsonSchema(kind), null, 2)}\n`);
    });
}
