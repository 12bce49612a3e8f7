import { describe, expect, it } from 'vitest';
import { PRESETS } from '../../src/config/presets.js';
import { parseRunConfig } from '../../src/config/run-config.js';
import { requireWithinLimits } from '../../src/queue/run-limits.js';
import { defaultLimits, LIMITS } from '../../src/queue/worker-limits.js';
import { runResult } from '../run-result.js';

const image = runResult('conv', 1, 0.5).config;
const sound = parseRunConfig({
  ...image,
  ...{ dataset: 'sounds', padding: 0, flip: false, mixup: 0, strides: [2, 2] },
  sounds: { layout: 'folder' },
});
const withSounds = (change: object) => ({ ...sound, sounds: { ...sound.sounds!, ...change } });

describe('run limits', () => {
  it.each(Object.entries(PRESETS))('accept the preset %s', (_, { run }) => {
    const config = parseRunConfig({ ...image, ...run });
    expect(() => requireWithinLimits(config, defaultLimits())).not.toThrow();
  });

  it.each<[string, object]>([
    ['replicas must be <= 8 on this worker (its --max-replicas), got 700', { replicas: 700 }],
    ['epochs must be <= 1000 on this worker (its --max-epochs), got 1000000', { epochs: 1e6 }],
    ['width must be <= 512 on this worker (its --max-width), got 100000', { width: 100_000 }],
    [
      'megabytes of a batch must be <= 512 on this worker (its --max-batch-mb), got',
      { batchSize: 1e6 },
    ],
    ['megabytes of a batch must be <= 512', { dataset: 'imagefolder', imageSize: 100_000 }],
    ['padding must be <= 256 for a run of a queue, got 1000', { padding: 1000 }],
    ['the number of strides must be <= 16', { strides: Array(17).fill(1) }],
  ])('report %s', (message, change) => {
    const limits = { ...defaultLimits(), replicas: 8 };
    expect(() => requireWithinLimits({ ...image, ...change }, limits)).toThrow(message);
  });

  it.each<[string, object]>([
    ['sounds.seconds must be <= 60', { seconds: 1e7 }],
    ['sounds.bands must be <= 1024', { bands: 1e6 }],
    ['sounds.sampleRate must be <= 192000', { sampleRate: 1e9 }],
    ['sounds.pattern must have', { pattern: '{a}'.repeat(30) }],
    ['sounds.pattern must have', { pattern: '{a}_{b}_{c}_{d}_{e}_{f}_{g}_{h}_{i}.wav' }],
    ['sounds.pattern must have', { pattern: 'x'.repeat(201) }],
    ['sounds.tasks must be plain text', { tasks: ['<img src=x>'] }],
    ['sounds.tasks must be plain text', { tasks: ['\u001b[2J'] }],
  ])('report %s for sounds', (message, change) => {
    expect(() => requireWithinLimits(withSounds(change), defaultLimits())).toThrow(message);
    expect(() => requireWithinLimits(sound, defaultLimits())).not.toThrow();
  });

  it('accept values up to a raised limit', () => {
    const config = { ...image, replicas: 64, epochs: 5_000 };
    const limits = { ...defaultLimits(), replicas: 64, epochs: 5_000 };
    expect(() => requireWithinLimits(config, limits)).not.toThrow();
  });

  it('each have a flag', () => {
    const flags = Object.values(LIMITS).map(({ flag }) => flag);
    expect(new Set(flags).size).toBe(flags.length);
    for (const flag of flags) expect(flag).toMatch(/^--max-[a-z-]+$/);
  });
});
