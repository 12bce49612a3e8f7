import { Command } from 'commander';
import { expect, it } from 'vitest';
import { helpOfKnown } from '../../src/command-line/help-of-known.js';

const program = new Command();
program.command('cost');

it.each([
  [['help', 'cots'], ['cots']],
  [
    ['help', 'cots', '--json'],
    ['cots', '--json'],
  ],
  [
    ['help', 'cost'],
    ['help', 'cost'],
  ],
  [
    ['help', 'help'],
    ['help', 'help'],
  ],
  [['help'], ['help']],
  [
    ['help', '--json'],
    ['help', '--json'],
  ],
  [['cots'], ['cots']],
])('%j becomes %j', (given, made) => {
  expect(helpOfKnown(program, given)).toEqual(made);
});
