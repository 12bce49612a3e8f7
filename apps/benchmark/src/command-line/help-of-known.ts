import type { Command } from 'commander';

/**
 * The arguments of a command line, without a `help` before a command that does not exist. Commander
 * shows the general help for it, and exits with 0. Without `help` it names the command.
 */
export function helpOfKnown(program: Command, args: string[]): string[] {
  const [first, name] = args;
  if (first !== 'help' || name === undefined || name.startsWith('-')) return args;
  const known = [...program.commands.map((command) => command.name()), 'help'];
  return known.includes(name) ? args : args.slice(1);
}
