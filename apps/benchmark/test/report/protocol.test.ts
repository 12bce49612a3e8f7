import { describe, expect, it } from 'vitest';
import type { RunConfig } from '../../src/config/run-config.js';
import { page } from '../../src/report/page.js';
import { protocol } from '../../src/report/protocol.js';
import type { RunResult } from '../../src/run/run-result.js';
import { runResult } from '../run-result.js';

const context = { preset: 'quick', protocol: null, command: 'ds', date: '1970-01-01T00:00:00Z' };

it('lists what loaders said of the files, each once', () => {
  const note = '2 files left out: a.txt, b.txt';
  const runs = [1, 2].map((seed) => ({ ...runResult('conv', seed, 0.5), notes: [note] }));
  const html = page('Runs', protocol(runs, context));
  expect(html.split(`<li>${note}</li>`)).toHaveLength(2);
  expect(page('Runs', protocol([runResult('conv', 1, 0.5)], context))).not.toContain(
    'Of the files',
  );
});

it('says what the network was scored on: test images, or held-out ones', () => {
  const run = runResult('conv', 1, 0.5);
  expect(page('Runs', protocol([run], context))).toContain('tested on 10 test images;');
  const held = { ...run, config: { ...run.config, validationImages: 10 } };
  expect(page('Runs', protocol([held], context))).toContain(
    'tested on 10 images held out from training, and on none of the test set;',
  );
});

describe('the first sentence', () => {
  const run = (pooling: string, change: Partial<RunConfig> = {}, train = 10) => {
    const result = runResult(pooling, change.seed ?? 1, 0.5);
    const images = { ...result.images, train };
    return { ...result, images, config: { ...result.config, ...change } };
  };
  const said = (...runs: RunResult[]) => page('Runs', protocol(runs, context));
  const same = 'All poolings saw the same images in the same order for the same number of steps.';

  it('is of all runs, not of the first one', () => {
    const html = said(
      run('conv', { width: 2, epochs: 1 }),
      run('conv', { width: 4, epochs: 2, batchSize: 8, validationImages: 10 }, 2000),
      run('conv', { width: 16, epochs: 1, model: 'mobilenet-v2' }),
    );
    expect(html).toContain(
      'ResNet-18 (pre-activation) of width 2 or 4 or MobileNetV2 of width multiplier 1 ' +
        'on 10 or 2,000 training images of CIFAR-10, 1 or 2 epochs in batches of 64 or 8, ' +
        'tested on 10 test images or 10 images held out from training, and on none of the test set;',
    );
  });

  it('says that poolings had the same training, if they had', () => {
    expect(said(run('conv'), run('max'))).toContain(same);
    expect(said(run('conv', { width: 2 }), run('max', { width: 4 }))).toContain(same);
    expect(said(run('conv'), run('conv'))).not.toContain(same);
  });

  it.each<[string, RunResult]>([
    ['epochs', run('max', { epochs: 9 })],
    ['batches', run('max', { batchSize: 9 })],
    ['seeds', run('max', { seed: 9 })],
    ['images', run('max', {}, 9)],
    ['held-out images', run('max', { validationImages: 9 })],
  ])('does not say so of runs with other %s', (_, other) => {
    expect(said(run('conv'), other)).not.toContain(same);
  });

  it('has all options of a pooling', () => {
    const html = said(
      run('diffstride', { poolingConfig: { smoothness: 1 } }),
      run('diffstride', { poolingConfig: { smoothness: 4 } }),
      run('conv'),
    );
    expect(html.match(/<code>\{.*?<\/code>/g)).toHaveLength(2);
  });
});
