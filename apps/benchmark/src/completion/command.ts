import { Argument, type Command } from 'commander';

/**
 * Adds `completion`, which prints a script for a shell, and `complete`, which that script calls.
 */
export function addCompletionCommands(program: Command): void {
  program
    .command('completion')
    .description('print a script with which a shell completes commands, flags and values')
    .addArgument(new Argument('<shell>', 'shell of the script').choices(['bash', 'zsh', 'fish']))
    .action(async (shell: 'bash' | 'zsh' | 'fish') => {
      const { printScript } = await import('./print-script.js');
      printScript(shell);
    });
  program
    .command('complete', { hidden: true })
    .argument('[words...]')
    .action(async (words: string[]) => {
      const { complete } = await import('./complete.js');
      complete(program, words);
    });
}
