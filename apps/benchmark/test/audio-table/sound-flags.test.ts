import { Command } from 'commander';
import { expect, it } from 'vitest';
import { type SoundFlags, withSoundFlags } from '../../src/audio-table/sound-flags.js';

function parsed(...args: string[]): SoundFlags {
  const command = withSoundFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr() {} });
  return command.parse(args, { from: 'user' }).opts();
}

it('lists of names and rules for the test files are parsed', () => {
  const flags = parsed(
    ...['--tasks', 'digit,speaker', '--test-where', 'index=0,1', '--test-where', 'speaker=ann'],
  );
  expect(flags).toMatchObject({
    tasks: ['digit', 'speaker'],
    testWhere: { index: ['0', '1'], speaker: ['ann'] },
  });
});

it.each([
  [['--tasks', 'digit,digit'], "must name each value once, got 'digit' twice"],
  [['--test-where', 'index=0,0'], "must name each value once, got '0' twice"],
  [['--test-each', 'speaker=ann,bob,ann'], "must name each value once, got 'ann' twice"],
  [
    ['--test-where', 'index=0', '--test-where', 'index=1'],
    "must name each field once, got 'index' twice",
  ],
  [['--test-where', 'index'], "must be <field>=<value>,<value>, got 'index'"],
])('%j is refused', (args, message) => {
  expect(() => parsed(...args)).toThrow(message);
});
