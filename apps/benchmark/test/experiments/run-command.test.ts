import { expect, it } from 'vitest';
import type { CommandRuns } from '../../src/experiments/command-runs.js';
import { runCommand } from '../../src/experiments/run-command.js';
import { runCliHere } from '../command-line-here.js';

it('refuses an experiment without runs', async () => {
  const context = { preset: 'quick', protocol: null, command: '', date: '' };
  const spec: CommandRuns['spec'] = { experiment: 'shift', poolings: [] };
  const flags = { data: {} } as Parameters<typeof runCommand>[2];
  await expect(runCommand({ spec, configs: [], what: 'none' }, context, flags)).rejects.toThrow(
    'none: there must be at least one run, got none',
  );
});

it('refuses --overwrite with --queue, whose workers keep their runs', async () => {
  const queue = ['--queue', 'redis://127.0.0.1:1'];
  const { code, output } = await runCliHere(['compare', '--overwrite', ...queue]);
  expect(code).toBe(1);
  expect(output).toContain("option '--overwrite' cannot be used with option '--queue <url>'");
});

it.each([
  ['--jobs', '2'],
  ['--data', 'cifar10=nowhere'],
  ['--checkpoint-every', '5'],
])('refuses %s with --queue, whose workers take it', async (flag, value) => {
  const queue = ['--queue', 'redis://127.0.0.1:1'];
  const { code, output } = await runCliHere(['compare', flag, value, ...queue]);
  expect(code).toBe(1);
  expect(output).toContain(
    `${flag} cannot be used with --queue (or DS_QUEUE): each worker takes its own ${flag}`,
  );
});
