import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makePictures, makeSounds } from '../src/guide-data.js';
import { ROOT } from '../src/published-packages.js';
import { commandsOf } from '../src/samples.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guides-'));
  // npx finds the command line of the clone, as if it were installed.
  const cli = path.join(ROOT, 'apps/benchmark/dist/cli.js');
  const command = path.join(folder, 'node_modules/.bin/ds-benchmark');
  await mkdir(path.dirname(command), { recursive: true });
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
  await chmod(command, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs every `sh run` block of a guide and returns the output. */
async function follow(guide: string): Promise<string> {
  const text = await readFile(path.join(ROOT, 'docs/guide', guide), 'utf8');
  const commands = commandsOf(text);
  expect(commands.length).toBeGreaterThan(1);
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e', '-c', commands.join('\n')], { cwd: folder });
    let printed = '';
    child.stdout.on('data', (chunk) => {
      printed += chunk;
    });
    child.stderr.on('data', (chunk) => {
      printed += chunk;
    });
    child.on('error', reject);
    child.on('close', (code) =>
      code === 0 ? resolve(printed) : reject(new Error(`exit code ${code}: ${printed}`)),
    );
  });
}

/** Opens a report in Chromium. Returns its heading, the headings of its figures, and its errors. */
async function shown(report: string) {
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...CLOSED_NETWORK, '--disable-gpu'],
  });
  try {
    const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(path.join(folder, report)).href);
    complaints.push(...(await page.locator('.failed').allTextContents()));
    const heading = await page.locator('h1').textContent();
    const text = (await page.locator('body').textContent())!;
    const figures = await page.evaluate(() =>
      [...document.querySelectorAll('h2 + figure')].map((figure) => {
        // The last drawing of a figure is the plot. Drawings of the legend come first.
        const marks = [...figure.querySelectorAll('svg.plot')].at(-1)?.getBoundingClientRect();
        const isDrawn = marks !== undefined && marks.width > 300 && marks.height > 50;
        return `${figure.previousElementSibling?.textContent}${isDrawn ? '' : ' is not drawn'}`;
      }),
    );
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    return { heading, text, figures, complaints, overflow };
  } finally {
    await browser.close();
  }
}

/** Each run starts a program and its threads. */
const TIMEOUT = 400_000;

const FIGURES = ['Accuracy', 'Loss', 'Shifts', 'Strides as they train', 'Masks', 'Cost by layer'];

describe.skipIf(lacksChromium)('the guide', () => {
  it(
    'to training on your own pictures works',
    async () => {
      await makePictures(folder);
      const printed = await follow('own-pictures.md');
      const shortage = 'took all 8 training images, where up to 4,000 were asked for';
      expect(printed).toContain(shortage);
      expect(printed).not.toMatch(/weeks on a CPU|sounds/);
      for (const report of ['runs/train/report.html', 'runs/mine/report.html']) {
        const { heading, text, figures, complaints, overflow } = await shown(report);
        expect(complaints).toEqual([]);
        expect(heading).toBe('From strides (3, 1, 3): diffstride');
        expect(figures).toEqual(FIGURES);
        expect(text).toContain(shortage);
        expect(overflow).toBeLessThanOrEqual(0);
      }
    },
    TIMEOUT,
  );

  it(
    'to training on your own sounds works',
    async () => {
      await makeSounds(folder);
      const printed = await follow('own-sounds.md');
      expect(printed).toMatch(/│ class +│ (dog|rain) +│ \d+\.\d % /);
      expect(printed).not.toMatch(/weeks on a CPU|test images|images\/s|MACs\/image/);
      const own = await shown('runs/sounds/report.html');
      expect(own.complaints).toEqual([]);
      expect(own.heading).toBe('From strides (2, 2, 2, 2): diffstride');
      expect(own.figures).toEqual(FIGURES);
      expect(own.text).not.toMatch(/\bimages?\b/);
      expect(own.overflow).toBeLessThanOrEqual(0);
      const table = await shown('runs/table/report.html');
      expect(table.complaints).toEqual([]);
      expect(table.figures).toEqual(['Accuracy by task', 'Strides that DiffStride learned']);
      expect(table.text).toContain('mean of digit, speaker, together');
      expect(table.overflow).toBeLessThanOrEqual(0);
    },
    TIMEOUT,
  );
});
