import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands } from '../../src/add-commands.js';
import { EXAMPLES } from '../../src/command-line/examples.js';
import { readStoredResult } from '../../src/reproduce/stored-result.js';

/** The whole command line, with commands that only print their name. */
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

  it('name one run folder where the command takes one, and stored results that have runs', async () => {
    const lines = Object.values(EXAMPLES).flat();
    for (const line of lines.filter((one) => !one.startsWith('report '))) {
      // A pattern of the shell gives several words as soon as there are several runs.
      expect(line).not.toContain('*');
    }
    const made = lines.filter((line) => line.startsWith('reproduce '));
    for (const line of made) {
      const name = line.split(' ')[1]!;
      const result = await readStoredResult(name.replace(/^docs\/results\/(.*)\.json$/, '$1'));
      expect(result.runs.length).toBeGreaterThan(0);
    }
    expect(made).not.toEqual([]);
  });

  it('give flags that hold for sounds the words that do', () => {
    const { program } = silent();
    const train = program.commands.find((command) => command.name() === 'train')!;
    for (const flag of ['--train-images', '--test-images', '--epochs', '--batch-size']) {
      const { description } = train.options.find(({ long }) => long === flag)!;
      expect(description, flag).toMatch(/examples/);
      expect(description, flag).not.toMatch(/images/);
    }
  });

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
