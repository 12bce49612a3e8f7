import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { requireFiniteEvaluation, requireFiniteShifts } from '../../src/run/non-finite-test.js';
import { wordingOf } from '../../src/text/wording.js';
import { runCliHere } from '../command-line-here.js';
import { fakeSounds } from '../fake-sounds.js';

vi.mock('../../src/queue/execute-run.js', () => import('../run-here.js'));

describe('a test that is not finite', () => {
  const images = wordingOf({ dataset: 'cifar10' });
  const sounds = wordingOf({ dataset: 'sounds' });
  const well = { loss: 1, accuracy: 0.5, top5: 1, nonFinite: 0, count: 4 };

  it('is one whose loss, or any prediction, is not', () => {
    expect(() => requireFiniteEvaluation(well, 0, images)).not.toThrow();
    expect(() => requireFiniteEvaluation({ ...well, loss: Number.NaN }, 2, images)).toThrow(
      'run: the test loss must be finite, got NaN after epoch 2; 0 of 4 predictions are not finite',
    );
    const first = { batch: 3, image: 1, source: 'images' as const, file: 'a.wav' };
    expect(() =>
      requireFiniteEvaluation({ ...well, nonFinite: 1, firstNonFinite: first }, 0, sounds),
    ).toThrow('first of all the values of sound 1 of batch 3 (a.wav)');
    const shift = { consistency: 1, diagonal: [1], images: 4, maxShift: 4, nonFinite: 1 };
    const config = { dataset: 'sounds' as const };
    expect(() => requireFiniteShifts(shift, config)).toThrow('got those of 1 of 4 test sounds');
    expect(() => requireFiniteShifts(shift, { ...config, validationImages: 4 })).toThrow(
      'of 4 held-out sounds',
    );
    expect(() => requireFiniteShifts({ ...shift, nonFinite: 0 }, config)).not.toThrow();
  });
});

describe('a run on sounds with a sample that is NaN', () => {
  let sounds: string;
  beforeAll(async () => {
    sounds = await fakeSounds(12, [1, 3]);
  });
  afterAll(() => rm(sounds, { recursive: true, force: true }));

  it('ends with an error that names the file of the test clip, and the time', async () => {
    const { code, output } = await runCliHere([
      ...['table', 'audio', '--data', sounds, '--tasks', 'pitch', '--poolings', 'conv'],
      ...['--layout', 'pattern', '--pattern', '{pitch}_{loudness}_{index}.wav'],
      ...['--test-where', 'index=0,1,2,3', '--sample-rate', '8000', '--bands', '16'],
      ...['--seconds', '0.2', '--preset', 'smoke', '--epochs', '1', '--batch-size', '4'],
      ...['--seeds', '1', '--output', path.join(sounds, 'out')],
    ]);
    expect(output).toMatch(
      /(high_soft_1|high_loud_3)\.wav: samples must be finite, at 0\.0875 s in channel 0/,
    );
    expect(code).toBe(1);
    const written = await readdir(sounds, { recursive: true });
    expect(written.filter((file) => file.endsWith('summary.json'))).toEqual([]);
  });
});
