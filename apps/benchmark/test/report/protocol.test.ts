import { expect, it } from 'vitest';
import { page } from '../../src/report/page.js';
import { protocol } from '../../src/report/protocol.js';
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
