import { Command } from 'commander';
import { expect, it } from 'vitest';
import { audioRuns } from '../../src/audio-table/runs.js';
import { type SoundFlags, withSoundFlags } from '../../src/audio-table/sound-flags.js';
import { makeConfig } from '../../src/config/make-config.js';

function configsOf(...args: string[]) {
  const command = withSoundFlags(new Command())
    .exitOverride()
    .configureOutput({ writeErr() {} });
  const flags = command.parse(args, { from: 'user' }).opts<SoundFlags>();
  const make = (decided: object) => makeConfig({ dataset: 'sounds', ...decided });
  return audioRuns({ ...flags, poolings: ['max'] }, {}, make, [1]).configs;
}

it('--spec-augment sets the masks of a run', () => {
  const [config] = configsOf('--spec-augment', '8,2,20,1');
  expect(config!.sounds!.specAugment).toEqual({
    frequencyWidth: 8,
    frequencyMasks: 2,
    timeWidth: 20,
    timeMasks: 1,
  });
  expect(configsOf()[0]!.sounds).not.toHaveProperty('specAugment');
});

it('--test-each tests each value by separate networks, and trains on the others', () => {
  const args = ['--layout', 'pattern', '--pattern', '{digit}_{speaker}.wav', '--tasks', 'digit'];
  const configs = configsOf(...args, '--test-each', 'speaker=ann,bob');
  expect(configs.map(({ sounds }) => sounds!.test)).toEqual([
    { speaker: ['ann'] },
    { speaker: ['bob'] },
  ]);
});

it('--test-each is refused if the layout has its own split', () => {
  const table = ['--layout', 'table', '--table-file', 'a.csv', '--tasks', 'digit'];
  for (const args of [table, ['--layout', 'folder'], ['--layout', 'esc50']]) {
    expect(() => configsOf(...args, '--test-each', 'speaker=ann,bob')).toThrow(
      'sounds.test (--test-where or --test-each) must come with layout pattern, ' +
        `got layout ${args[1]} with {"speaker":["ann"]}`,
    );
  }
});

it('--source, --split-column and --source-column set the sources and the split', () => {
  const pattern = ['--layout', 'pattern', '--pattern', '{digit}_{speaker}.wav', '--tasks', 'digit'];
  const [ofPattern] = configsOf(...pattern, '--test-where', 'speaker=ann', '--source', 'speaker');
  expect(ofPattern!.sounds).toMatchObject({ source: 'speaker', test: { speaker: ['ann'] } });
  const table = ['--layout', 'table', '--table-file', 'a.csv', '--tasks', 'digit'];
  const [ofTable] = configsOf(...table, '--split-column', 'set', '--source-column', 'speaker');
  expect(ofTable!.sounds).toMatchObject({ splitColumn: 'set', sourceColumn: 'speaker' });
});

it.each(['table', 'pattern'])('asks for --tasks for layout %s', (layout) => {
  expect(() => configsOf('--layout', layout)).toThrow(
    `table audio: --tasks must be given for layout ${layout}, got none`,
  );
});

it.each([
  [['speaker=ann,bob,ann'], "must name each value once, got 'ann' twice"],
  [['speaker'], "must be <field>=<value>,<value>, got 'speaker'"],
  [['speaker=ann', '--test-where', 'index=0'], 'cannot be used with option'],
])('--test-each refuses %s', (args, message) => {
  expect(() => configsOf('--test-each', ...args)).toThrow(message);
});

it.each([
  ['8,2', "must be four integers F,mF,T,mT, got '8,2'"],
  ['8,2,x,1', "must be a number, got 'x'"],
  ['8,-2,20,1', "must be an integer >= 0, got '-2'"],
])('--spec-augment refuses %s', (text, message) => {
  expect(() => configsOf('--spec-augment', text)).toThrow(message);
});
