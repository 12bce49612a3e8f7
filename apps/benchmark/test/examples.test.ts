import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands } from '../src/add-commands.js';
import { EXAMPLES } from '../src/examples.js';

/** The whole command line, with commands that do nothing but tell their name. */
function silent(): { program: Command; called: string[] } {
  const program = new Command('ds-benchmark');
  addCommands(program);
  const called: string[] = [];
  const silence = (command: Command, path: string[]) => {
    command.exitOverride().configureOutput({ writeErr: () => {} });
    if (path.length > 0) command.action(() => void called.push(path.join(' ')));
    for (const one of command.commands) silence(one, [...path, one.name()]);
  };
  silence(program, []);
  return { program, called };
}

/** The commands that do something, with the words that call them. */
function leaves(command: Command, path: string[] = []): { name: string; command: Command }[] {
  if (command.commands.length === 0) return [{ name: path.join(' '), command }];
  return command.commands.flatMap((one) => leaves(one, [...path, one.name()]));
}

describe('the examples in the help', () => {
  it.each(Object.entries(EXAMPLES).flatMap(([name, lines]) => lines.map((line) => [line, name])))(
    '%s is a command line that works',
    async (line, name) => {
      const { program, called } = silent();
      await program.parseAsync(line!.split(' '), { from: 'user' });
      expect(called).toEqual([name || line!.split(' ')[0]]);
    },
  );

  it('are two or three for each command, within 80 columns', () => {
    const { program } = silent();
    for (const { name, command } of [{ name: '', command: program }, ...leaves(program)]) {
      if (name === 'complete') continue;
      let help = '';
      const writeOut = (text: string) => {
        help += text;
      };
      command.configureOutput({ writeOut }).outputHelp();
      const examples = help.split('\nExamples:\n')[1]?.trim().split('\n') ?? [];
      expect([2, 3], name).toContain(examples.length);
      for (const text of help.split('\n')) expect(text.length, text).toBeLessThanOrEqual(80);
    }
  });
});
