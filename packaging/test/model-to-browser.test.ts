import { mkdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FASTEST_SIMD } from '../../vitest.shared.js';
import { ROOT, run } from '../src/published-packages.js';
import { filesBySection, javascriptOf, samplesOf } from '../src/samples.js';
import { addressOf, serveFolder } from '../src/serve-folder.js';

/** The files lie inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.model-to-browser', import.meta.url));

/** Replaces the random numbers of the guide, so that each run of this test draws the same ones. */
const SEEDED = `let state = 1;
Math.random = () => (state = (48271 * state) % 2147483647) / 2147483647;`;

describe('the guide from a model to the browser', () => {
  let printed = '';

  beforeAll(async () => {
    await mkdir(made, { recursive: true });
    await writeFile(path.join(made, 'package.json'), '{"type":"module"}');
    const guide = await readFile(path.join(ROOT, 'docs/guide/model-to-browser.md'), 'utf8');
    for (const sample of samplesOf(guide)) {
      await writeFile(path.join(made, sample.file!), await javascriptOf(sample));
    }
    const page = filesBySection(guide)['The page']!['index.html']!;
    await writeFile(path.join(made, 'index.html'), page);
    const runtime = path.join(ROOT, 'packaging/node_modules/onnxruntime-web/dist');
    await symlink(runtime, path.join(made, 'ort'));
    await writeFile(path.join(made, 'seeded.js'), SEEDED);
    const args = [...FASTEST_SIMD, '--import', './seeded.js', 'shrink.js'];
    const { stdout } = await run(process.execPath, args, made);
    printed = stdout;
  }, 180_000);

  afterAll(() => rm(made, { recursive: true, force: true }));

  it('swaps three layers, trains, and writes a small file', () => {
    expect(printed.match(/stride 1, \S+\.pool \/2×2 after re_lu/g)).toHaveLength(3);
    expect(Number(/new pictures: (\S+)/.exec(printed)![1])).toBeGreaterThan(0.6);
    const strides = [...printed.matchAll(/\.pool: strides (\S+) × (\S+)/g)];
    expect(strides).toHaveLength(3);
    expect(strides.flatMap(([, ...pair]) => pair).some((stride) => stride !== '2.00')).toBe(true);
    expect(Number(/shapes\.onnx: (\d+) KiB/.exec(printed)![1])).toBeLessThan(150);
  });

  it.skipIf(lacksChromium)('runs in Chromium, with ONNX Runtime alone', async () => {
    const server = await serveFolder(made);
    const args = [...CLOSED_NETWORK, '--disable-gpu'];
    const browser = await chromium.launch({ executablePath: CHROMIUM, args });
    try {
      const page = await browser.newPage();
      const complaints: string[] = [];
      page.on('pageerror', (error) => complaints.push(error.message));
      let right = 0;
      for (let i = 1; i <= 4; i++) {
        const seeded = SEEDED.replace('state = 1', `state = ${7 * i}`);
        await page.addInitScript(seeded);
        await page.goto(addressOf(server));
        const answer = page.locator('#answer', { hasText: 'taken for' });
        const said = /^a (\w+), taken for a (\w+) \(\d+ %\) in [\d.]+ ms$/.exec(
          (await answer.textContent({ timeout: 60_000 }))!,
        )!;
        if (said[1] === said[2]) right += 1;
      }
      expect(complaints).toEqual([]);
      // Chance would be right 1.3 times.
      expect(right).toBeGreaterThanOrEqual(2);
    } finally {
      await browser.close();
      server.close();
    }
  });
});
