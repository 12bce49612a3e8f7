import { Command } from 'commander';
import { describe, expect, it } from 'vitest';
import { addCommands } from '../../src/add-commands.js';
import {
  count,
  countOrZero,
  filePath,
  integer,
  listOf,
  nonNegative,
  number,
  pictureSide,
  positive,
  stride,
} from '../../src/command-line/flags.js';
import { addCompareCommand } from '../../src/compare/command.js';
import { addPictureCommands } from '../../src/pictures/command.js';
import { addWorkerCommand } from '../../src/queue/worker-command.js';
import { addSpeedCommand } from '../../src/speed/command.js';
import { addSweepCommand } from '../../src/sweep/command.js';

describe('flags', () => {
  it('are read as numbers, lists, counts and paths', () => {
    expect(number('1e-3')).toBe(0.001);
    expect(listOf(number)('3, 1,2.5')).toEqual([3, 1, 2.5]);
    expect(count('3')).toBe(3);
    expect(['0', '2'].map(countOrZero)).toEqual([0, 2]);
    expect(integer('-2')).toBe(-2);
    expect(nonNegative('0')).toBe(0);
    expect(stride('1')).toBe(1);
    expect(pictureSide('2')).toBe(2);
    expect(filePath('a b')).toBe('a b');
  });

  it.each([
    [number, ''],
    [number, 'x'],
    [listOf(number), '3,,3'],
    [listOf(count), '3,0'],
    [count, '0'],
    [count, '1.5'],
    [count, '-1'],
    [countOrZero, '-1'],
    [countOrZero, '0.5'],
    [integer, '1.5'],
    [nonNegative, '-0.1'],
    [positive, '0'],
    [stride, '0.9'],
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

describe('a number out of the bounds of its flag', () => {
  const program = new Command();
  addCommands(program);

  it.each([
    ['architecture', '--lambda', '-1'],
    ['architecture', '--seed', '1.5'],
    ['compare', '--strides', '2,0.5,2'],
    ['config', '--strides', '0,2,2'],
    ['config', '--seed', '1.5'],
    ['cost', '--input', '32,32.5,3'],
    ['cost', '--classes', '0'],
    ['cost', '--strides', '0,2,2'],
    ['cost', '--width', '0'],
    ['cost', '--smoothness', '-1'],
    ['regions', '--ratio', '0'],
    ['regions', '--seed', '1.5'],
    ['reproduce', '--seeds', '1,1.5'],
    ['reproduce', '--strides', '0.5'],
    ['search', '--largest', '0'],
    ['search', '--largest', '2.5'],
    ['search', '--budget', '0'],
    ['search', '--seed', '1.5'],
    ['spans', '--steps', '0'],
    ['spans', '--batch', '1.5'],
    ['spans', '--window', '0'],
    ['spans', '--layers', '0'],
    ['spans', '--heads', '1.5'],
    ['spans', '--head-size', '0'],
    ['spans', '--max-span', '0'],
    ['spans', '--smoothness', '-1'],
    ['spans', '--initial-span', '-1'],
    ['spans', '--penalty', '-1'],
    ['spans', '--learning-rate', '0'],
    ['spans', '--span-learning-rate-scale', '-1'],
    ['spans', '--seed', '1.5'],
    ['speed', '--repeats', '0'],
    ['speed', '--repeats', '2.5'],
    ['swap', '--strides', 'conv1=0'],
    ['swap', '--smoothness', '-1'],
    ['sweep', '--workers', '0'],
    ['sweep', '--workers', '1,1.5'],
    ['sweep', '--side-by-side', '0'],
    ['sweep', '--failures', '-1'],
    ['sweep', '--restart', '-1'],
    ['sweep', '--stalled-after', '-1'],
    ['table', '--test-fold', '0'],
    ['table', '--sample-rate', '0.5'],
    ['table', '--seconds', '0'],
    ['table', '--bands', '1.5'],
    ['table', '--spec-augment', '8,-2,20,1'],
    ['tradeoff', '--lambdas', '1,-1'],
    ['tradeoff', '--points-from', '2,0,2'],
    ['train', '--seed', '1.5'],
    ['train', '--smoothness', '-1'],
    ['train', '--width', '0'],
    ['train', '--epochs', '1.5'],
    ['train', '--batch-size', '0'],
    ['train', '--lambda', '-1'],
    ['train', '--replicas', '0'],
    ['train', '--train-images', '0'],
    ['train', '--test-images', '1.5'],
    ['worker', '--stalled-after', '0'],
    ['worker', '--grace', '-1'],
    ['worker', '--max-epochs', '0'],
    ['worker', '--max-sound-seconds', '0'],
  ])('%s %s %s is refused before the work', (name, flag, text) => {
    const command = program.commands.find((one) => one.name() === name)!;
    command.exitOverride().configureOutput({ writeErr: () => {} });
    const refused = new RegExp(
      `option '${flag} .*' argument '${text}' is invalid. must be .*, got '`,
    );
    expect(() => command.parse([flag, text], { from: 'user' })).toThrow(refused);
  });

  it('is refused for every flag that is a number in the help', () => {
    const isNumber = /<(count|counts|filters|factor|rate|seconds|minutes|number|bins|steps|hertz)>/;
    const commands = program.commands.flatMap((command) => [command, ...command.commands]);
    const loose = commands.flatMap((command) =>
      command.options
        .filter(({ flags }) => isNumber.test(flags))
        .filter(({ parseArg }) => {
          try {
            // No flag takes this number.
            return parseArg?.('-0.5', undefined) !== null;
          } catch {
            return false;
          }
        })
        .map(({ long }) => `${command.name()} ${long}`),
    );
    expect(loose).toEqual([]);
  });
});
