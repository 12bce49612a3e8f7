import { Command } from 'commander';
import { expect, it } from 'vitest';
import { audioRuns } from '../../src/audio-table/runs.js';
import { type SoundFlags, withSoundFlags } from '../../src/audio-table/sound-flags.js';
import { makeConfig } from '../../src/make-config.js';

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

it.each([
  ['8,2', "must be four integers F,mF,T,mT, got '8,2'"],
  ['8,2,x,1', "must be a number, got 'x'"],
])('--spec-augment refuses %s', (text, message) => {
  expect(() => configsOf('--spec-augment', text)).toThrow(message);
});
