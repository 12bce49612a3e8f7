import { RootCommand } from '@bomb.sh/tab';
import type { Command, Option } from 'commander';
import { knownPoolings } from '../poolings/import-poolings.js';

/** Placeholders of flags and arguments that are paths. */
const PATHS = /^<?\[?(file|folder|path|module|run-folder|model\.json)s?(\.\.\.)?[\]>]?$/;

/** Flags whose value is a pooling, and flags that take several, with commas between them. */
const POOLING_FLAGS = ['--pooling', '--learner', '--candidate'];
const POOLING_LISTS = ['--poolings', '--points'];

/** The line that tells a shell to complete paths. */
const COMPLETE_PATHS = ':0\n';

/**
 * Prints the completions of the last of some words, for the scripts of `completion`. The last word
 * is empty if the next one has not begun.
 */
export function complete(program: Command, words: string[]): void {
  const current = words.at(-1) ?? '';
  const { path, command } = commandOf(program, words.slice(0, -1));
  if (takesPath(command, words.slice(path.length, -1), current)) {
    process.stdout.write(COMPLETE_PATHS);
    return;
  }
  const root = new RootCommand();
  addTo(root, program, '', current);
  root.parse([...words]);
}

/** The command that some words call, and the words that name it. */
function commandOf(program: Command, words: string[]): { path: string[]; command: Command } {
  let command = program;
  const path: string[] = [];
  for (const word of words) {
    const next = command.commands.find((one) => one.name() === word);
    if (!next) break;
    command = next;
    path.push(word);
  }
  return { path, command };
}

/** Whether the current word is the value of a flag for a path, or an argument that is one. */
function takesPath(command: Command, before: string[], current: string): boolean {
  const optionOf = (word: string) => command.options.find(({ long }) => long === word);
  const flag = current.startsWith('--') ? current.split('=')[0]! : before.at(-1);
  const option = optionOf(flag ?? '');
  const isValue = current.startsWith('--') ? current.includes('=') : takesValue(option);
  if (option && isValue) return isPath(option.flags.split(' ').at(-1)!);
  if (current.startsWith('-')) return false;
  const given = before.filter(
    (word, i) => !word.startsWith('-') && !takesValue(optionOf(before[i - 1] ?? '')),
  );
  const own = command.registeredArguments;
  const argument = own[given.length] ?? (own.at(-1)?.variadic ? own.at(-1) : undefined);
  return argument !== undefined && isPath(argument.name());
}

function isPath(placeholder: string): boolean {
  return PATHS.test(placeholder);
}

function takesValue(option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional);
}

/** Makes the completion of commands, flags, arguments and their values. */
function addTo(root: RootCommand, command: Command, path: string, current: string): void {
  const node = path === '' ? root : root.command(path, command.description());
  const help = command.createHelp();
  for (const option of help.visibleOptions(command)) {
    const name = option.long!.slice(2);
    const values = valuesOf(option, current);
    if (!takesValue(option)) node.option(name, option.description);
    else node.option(name, option.description, (add) => values.forEach((one) => void add(one, '')));
  }
  for (const argument of command.registeredArguments) {
    const values = argument.argChoices ?? [];
    node.argument(
      argument.name(),
      (add) => values.forEach((one) => void add(one, '')),
      argument.variadic,
    );
  }
  for (const one of help.visibleCommands(command)) {
    addTo(root, one, path === '' ? one.name() : `${path} ${one.name()}`, current);
  }
}

/** The values of a flag that are known. */
function valuesOf({ long, argChoices }: Option, current: string): string[] {
  const poolings = ['conv', ...knownPoolings()];
  if (POOLING_FLAGS.includes(long!)) return poolings;
  if (!POOLING_LISTS.includes(long!)) return argChoices ?? [];
  const value = current.slice(current.indexOf('=') + 1);
  const before = value.slice(0, value.lastIndexOf(',') + 1);
  const named = before.split(',');
  const others = poolings.filter((name) => !named.includes(name));
  return [...(before === '' ? ['all'] : []), ...others.map((name) => `${before}${name}`)];
}
