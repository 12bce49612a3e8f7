import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { count, filePath, number, numbers, pictureSide } from '../../src/command-line/flags.js';
import { addCompareCommand } from '../../src/compare/command.js';
import { addPictureCommands } from '../../src/pictures/command.js';
import { addWorkerCommand } from '../../src/queue/worker-command.js';
import { addSpeedCommand } from '../../src/speed/command.js';
import { addSweepCommand } from '../../src/sweep/command.js';

describe('flags', () => {
  it('are read as numbers, lists, counts and paths', () => {
    expect(number('1e-3')).toBe(0.001);
    expect(numbers('3, 1,2.5')).toEqual([3, 1, 2.5]);
    expect(count('3')).toBe(3);
    expect(pictureSide('2')).toBe(2);
    expect(filePath('a b')).toBe('a b');
  });

  it.each([
    [number, ''],
    [number, 'x'],
    [numbers, '3,,3'],
    [count, '0'],
    [count, '1.5'],
    [count, '-1'],
    [pictureSide, '1'],
    [pictureSide, '32.5'],
    [pictureSide, '1e5'],
    [filePath, ''],
    [filePath, ' '],
  ])('%o refuses %j', (read, text) => {
    expect(() => read(text)).toThrow(/must be .*, got '/);
  });
});

describe('an --output that an unset variable leaves empty', () => {
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  for (const add of [
    addCompareCommand,
    addPictureCommands,
    addSpeedCommand,
    addSweepCommand,
    addWorkerCommand,
  ]) {
    add(program);
  }

  it.each(program.commands.map((command) => [command.name(), command] as const))(
    'is refused by %s',
    (_, command) => {
      command.exitOverride().configureOutput({ writeErr: () => {} });
      expect(() => command.parse(['--output', ''], { from: 'user' })).toThrow('--output <folder>');
    },
  );
});
