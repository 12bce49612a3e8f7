import { spawn } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { type Browser, chromium } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeModel, makePictures, makeSounds } from '../src/guide-data.js';
import type { Project } from '../src/project.js';
import { ROOT } from '../src/published-packages.js';
import { runCommandLines } from '../src/run-command-lines.js';
import { commandsOf, filesBySection } from '../src/samples.js';

const FLAGS = [...CLOSED_NETWORK, '--disable-gpu'];

/** The limit for a guide. Each of its runs starts a program and its threads. */
const TIMEOUT = 400_000;

const FIGURES = ['Accuracy', 'Loss', 'Shifts', 'Strides as they train', 'Masks', 'Cost by layer'];

/** Runs commands of a shell in a folder and returns what they print, errors included. */
function printedBy(commands: string, folder: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e', '-c', commands], { cwd: folder });
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
async function shown(browser: Browser, report: string) {
  const page = await browser.newPage({ viewport: { width: 400, height: 800 } });
  try {
    const complaints: string[] = [];
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    await page.goto(pathToFileURL(report).href);
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
    // Paper is white, also when the screen is dark.
    await page.emulateMedia({ colorScheme: 'dark', media: 'print' });
    const ink = await page.evaluate(() => getComputedStyle(document.body).color);
    if (ink !== 'rgb(29, 35, 40)') complaints.push(`prints in ${ink}`);
    return { heading, text, figures, complaints, overflow };
  } finally {
    await page.close();
  }
}

/** The guides whose commands are run here. */
export const FOLLOWED_GUIDES = [
  'own-pictures.md',
  'freezing.md',
  'own-sounds.md',
  'swap-strides.md',
  'many-machines.md',
];

const guideText = (guide: string) => readFile(path.join(ROOT, 'docs/guide', guide), 'utf8');

/** The commands of a guide that are marked `run`. All of them call the command line. */
async function runCommands(guide: string): Promise<string> {
  const blocks = commandsOf(await guideText(guide)).filter(({ mark }) => mark === 'run');
  const commands = blocks.map(({ text }) => text).join('');
  expect(commands.match(/^\w.*$/gm)).toEqual(commands.match(/^npx ds-benchmark .*$/gm));
  return commands;
}

/** Follows the guides with commands, in a project that has the command line and all packages. */
export function describeGuides(projectOf: () => Project): void {
  describe('the guide', () => {
    /** One for the reports of all guides. */
    let browser: Browser;
    beforeAll(async () => {
      if (lacksChromium) return;
      browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    });
    afterAll(() => browser?.close());

    const place = (...names: string[]) => path.join(projectOf().folder, ...names);
    /**
     * Follows a guide in a folder of the project. Returns what it prints. npx takes longer to start
     * than most commands run, so the shell starts the installed program for the first command. The
     * others share a process.
     */
    const follow = async (guide: string, folder = path.parse(guide).name) => {
      const [first, ...others] = (await runCommands(guide)).trim().split('\n');
      const installed = first!.replace(/^npx /, '../node_modules/.bin/');
      const printed = await printedBy(installed, place(folder));
      const cli = place('node_modules/@ds/benchmark/dist/cli.js');
      const results = await runCommandLines(cli, others, place(folder));
      return printed + results.map(({ all }) => all).join('');
    };

    it(
      'to own pictures works from the tarballs, and the guide to freezing uses its run',
      async () => {
        await makePictures(place('own-pictures'));
        const printed = await follow('own-pictures.md');
        const shortage = 'took all 80 training images, where up to 4,000 were asked for';
        expect(printed).toContain(shortage);
        expect(printed).not.toMatch(/weeks on a CPU|sounds/);
        expect(printed.match(/│ diffstride +│ +\d+\.\d %/g)).toHaveLength(2);
        for (const name of ['train', 'mine']) {
          const file = place('own-pictures/runs', name, 'report.html');
          expect(await readFile(file, 'utf8')).toContain('From strides (3, 2, 3): diffstride');
          if (lacksChromium) continue;
          const { heading, text, figures, complaints, overflow } = await shown(browser, file);
          expect(complaints).toEqual([]);
          expect(heading).toBe('From strides (3, 2, 3): diffstride');
          expect(figures).toEqual(FIGURES);
          expect(text).toContain(shortage);
          expect(overflow).toBeLessThanOrEqual(0);
        }

        const found = await readFile(place('own-pictures/found.csv'), 'utf8');
        expect(found.match(/^my-pictures\/val\/cats\/\d+\.jpg,(cats|dogs),0\.\d+$/gm)).toHaveLength(
          20,
        );

        const frozen = await follow('freezing.md', 'own-pictures');
        // A table wider than the terminal has no frame.
        expect(frozen.match(/test accuracy[ │]+\d+\.\d % [ │]*\d+\.\d %/g)).toHaveLength(2);
        expect(frozen).toMatch(/Both predict the same class for \d+\.\d % of 40 images/);
        const runs = place('own-pictures/runs/train/runs');
        const [run, ...more] = await readdir(runs);
        expect(more).toEqual([]);
        expect(await readdir(path.join(runs, run!))).toEqual(
          expect.arrayContaining([
            ...['frozen', 'rounded', 'model.onnx', 'graph-model', 'tfjs', 'model.safetensors'],
          ]),
        );
      },
      TIMEOUT,
    );

    it(
      'to own sounds works from the tarballs',
      async () => {
        await makeSounds(place('own-sounds'));
        const printed = await follow('own-sounds.md');
        for (const name of ['dog', 'rain']) {
          expect(printed).toMatch(new RegExp(`│ (class)? +│ ${name} +│ +\\d+\\.\\d % `));
        }
        expect(printed).toMatch(/│ class +│ (dog|rain) +│ \d+\.\d % /);
        expect(printed).not.toMatch(/weeks on a CPU|test images|images\/s|MACs\/image/);
        const heard = await readFile(place('own-sounds/heard.csv'), 'utf8');
        expect(heard.match(/^recordings\/\d_(ann|bob)_\d\.wav,class,0,/gm)).toHaveLength(16);
        const [own, table] = ['sounds', 'table'].map((name) =>
          place('own-sounds/runs', name, 'report.html'),
        ) as [string, string];
        expect(await readFile(own, 'utf8')).toContain('From strides (2, 2, 2, 2): diffstride');
        expect(await readFile(table, 'utf8')).toContain('mean of digit, speaker, together');
        if (lacksChromium) return;
        const ofRun = await shown(browser, own);
        expect(ofRun.complaints).toEqual([]);
        expect(ofRun.heading).toBe('From strides (2, 2, 2, 2): diffstride');
        expect(ofRun.figures).toEqual(FIGURES);
        expect(ofRun.text).not.toMatch(/\bimages?\b/);
        expect(ofRun.overflow).toBeLessThanOrEqual(0);
        const ofTable = await shown(browser, table);
        expect(ofTable.complaints).toEqual([]);
        expect(ofTable.figures).toEqual([
          'Test accuracy by task',
          'Strides that DiffStride learned',
        ]);
        expect(ofTable.text).toContain('mean of digit, speaker, together');
        expect(ofTable.overflow).toBeLessThanOrEqual(0);
      },
      TIMEOUT,
    );

    it(
      'to swapping strides works on a saved model',
      async () => {
        await makeModel(place('swap-strides'));
        const printed = await follow('swap-strides.md');
        expect(printed.match(/^2 of 2 layers swapped\. Load swapped\/model\.json/gm)).toHaveLength(
          2,
        );
        expect(printed).toMatch(/conv1\.pool \/3×2 after conv1/);
      },
      TIMEOUT,
    );

    it(
      'to many machines plans its sweep',
      async () => {
        const guide = `## The file\n${await guideText('many-machines.md')}`;
        const { 'widths.yaml': sweep } = filesBySection(guide)['The file']!;
        await mkdir(place('many-machines'), { recursive: true });
        // A plan measures steps of each kind of run. With this preset they are few.
        const small = sweep!.replace('preset: quick', 'preset: smoke');
        expect(small).not.toBe(sweep);
        await writeFile(place('many-machines/widths.yaml'), small);
        // The shortest guide is followed as an npm user does, with npx.
        const printed = await printedBy(
          await runCommands('many-machines.md'),
          place('many-machines'),
        );
        expect(printed).toMatch(/^12 runs, .* on one device/m);
        for (const workers of [1, 10, 100]) expect(printed).toMatch(new RegExp(`│ ${workers} +│`));
      },
      TIMEOUT,
    );
  });
}
