import { cp, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { build } from 'esbuild';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeSounds } from '../src/guide-data.js';
import { ROOT, run } from '../src/published-packages.js';
import { type Printed, runCommandLines } from '../src/run-command-lines.js';
import { commandsOf, javascriptOf, samplesOf } from '../src/samples.js';
import { addressOf, serveFolder } from '../src/serve-folder.js';

/** The files lie inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.sounds-elsewhere', import.meta.url));
const elsewhere = path.join(made, 'elsewhere');

const BENCHMARK = path.join(ROOT, 'apps/benchmark/dist/cli.js');

/** A network that has learned a little, so that its probabilities differ. */
const TRAIN =
  'npx ds-benchmark train --dataset sounds --data my-sounds --pooling diffstride --width 2 --epochs 2 ' +
  '--strides 2,2 --output runs/sounds';

const CLASSIFY = 'npx ds-benchmark classify some.wav --run runs/sounds/runs/* --json';

describe('the guide to a sound network elsewhere', () => {
  /** What `classify` says of the sound, as the programs of the guide print it. */
  let wanted: string;

  beforeAll(async () => {
    await mkdir(elsewhere, { recursive: true });
    await makeSounds(made);
    const guide = await readFile(path.join(ROOT, 'docs/guide/sounds-elsewhere.md'), 'utf8');
    const [commands] = commandsOf(guide).filter(({ mark }) => mark.startsWith('tested='));
    const exports = commands!.text.trim().split('\n');
    for (const line of exports) expect(line).toMatch(/^npx ds-benchmark export /);
    const [, { stdout }] = (await runCommandLines(
      BENCHMARK,
      [TRAIN, CLASSIFY, ...exports],
      made,
    )) as [Printed, Printed];
    const [{ task, classes }] = JSON.parse(stdout).tasks;
    wanted = `${task}: ${classes[0].name} ${(100 * classes[0].probability).toFixed(1)} %`;

    // Nothing of the run is left but these files.
    await rm(path.join(made, 'runs'), { recursive: true });
    await cp(path.join(made, 'some.wav'), path.join(elsewhere, 'some.wav'));
    await writeFile(path.join(elsewhere, 'package.json'), '{"type":"module"}');
    for (const sample of samplesOf(guide)) {
      const file = sample.file!.replace(/\.ts$/, '.js');
      await writeFile(path.join(elsewhere, file), await javascriptOf(sample));
    }
  }, 180_000);

  afterAll(() => rm(made, { recursive: true, force: true }));

  it('hears with ONNX Runtime what the trained network hears', async () => {
    const { stdout } = await run(process.execPath, ['hear.js'], elsewhere);
    expect(stdout.trim()).toBe(wanted);
  });

  it.skipIf(lacksChromium)('hears the same in a page, with tfjs', async () => {
    await build({
      entryPoints: [path.join(elsewhere, 'page.js')],
      outfile: path.join(elsewhere, 'bundle.js'),
      bundle: true,
      format: 'esm',
      logLevel: 'error',
    });
    const page = '<!doctype html><script type="module" src="bundle.js"></script>';
    await writeFile(path.join(elsewhere, 'index.html'), page);
    const server = await serveFolder(elsewhere);
    const args = [...CLOSED_NETWORK, '--disable-gpu'];
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    try {
      const tab = await browser.newPage();
      const complaints: string[] = [];
      tab.on('pageerror', (error) => complaints.push(error.message));
      await tab.goto(addressOf(server));
      await expect
        .poll(() => tab.locator('body').textContent(), { timeout: 60_000 })
        .toContain(wanted);
      expect(complaints).toEqual([]);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
