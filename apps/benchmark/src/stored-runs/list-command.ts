import type { Command } from 'commander';

/** Adds `list`, which prints the runs below a folder. */
export function addListCommand(program: Command): void {
  program
    .command('list')
    .description('list the runs below a folder: state, epochs, accuracy, age and size')
    .argument('[folder]', 'folder of runs, or of several outputs', 'runs')
    .option('--json', 'print the runs as a JSON array', false)
    .action(async (folder: string, { json }: { json: boolean }) => {
      const { listRuns } = await import('./list-runs.js');
      process.stdout.write(`${await listRuns(folder, json)}\n`);
    });
}
