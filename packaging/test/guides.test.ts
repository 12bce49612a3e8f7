import { spawn } from 'node:child_process';
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../src/published-packages.js';
import { commandsOf } from '../src/samples.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'guides-'));
  // The command line, as in a clone.
  const cli = path.join(ROOT, 'apps/benchmark/dist/cli.js');
  const command = path.join(folder, 'ds-benchmark');
  await writeFile(command, `#!/bin/sh\nexec '${process.execPath}' '${cli}' "$@"\n`);
  await chmod(command, 0o755);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Runs every `sh run` block of a guide and returns the output. */
async function follow(guide: string): Promise<string> {
  const text = await readFile(path.join(ROOT, 'docs/guide', guide), 'utf8');
  const commands = commandsOf(text);
  expect(commands.length).toBeGreaterThan(1);
  const env = { ...process.env, PATH: `${folder}${path.delimiter}${process.env.PATH}` };
  return new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e', '-c', commands.join('\n')], { cwd: folder, env });
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
      for (const [side, count] of [
        ['train', 4],
        ['val', 2],
      ] as const) {
        for (const [label, name] of ['cats', 'dogs'].entries()) {
          const place = path.join(folder, 'my-pictures', side, name);
          await mkdir(place, { recursive: true });
          for (let i = 0; i < count; i++) {
            const background = { r: 200 * label, g: 90, b: 20 * i };
            const picture = sharp({
              create: { width: 70 + i, height: 80, channels: 3, background },
            });
            await picture.jpeg().toFile(path.join(place, `${i}.jpg`));
          }
        }
      }
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
      await mkdir(path.join(folder, 'recordings'), { recursive: true });
      for (const [label, name] of ['dog', 'rain'].entries()) {
        await mkdir(path.join(folder, 'my-sounds', name), { recursive: true });
        for (let i = 0; i < 8; i++) {
          const tone = wav(400 + 900 * label + 10 * i);
          await writeFile(path.join(folder, 'my-sounds', name, `${name}-${i}.wav`), tone);
          const speaker = i % 2 ? 'ann' : 'bob';
          await writeFile(path.join(folder, 'recordings', `${label}_${speaker}_${i}.wav`), tone);
        }
      }
      await writeFile(path.join(folder, 'some.wav'), wav(1300));
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

/** A fifth of a second of a tone at 8 kHz, as 16-bit PCM. */
function wav(hertz: number): Buffer {
  const samples = 1600;
  const file = Buffer.alloc(44 + 2 * samples);
  file.write('RIFF', 0);
  file.writeUInt32LE(36 + 2 * samples, 4);
  file.write('WAVEfmt ', 8);
  for (const [offset, value] of [
    [16, 16],
    [24, 8000],
    [28, 16_000],
    [40, 2 * samples],
  ] as const) {
    file.writeUInt32LE(value, offset);
  }
  for (const [offset, value] of [
    [20, 1],
    [22, 1],
    [32, 2],
    [34, 16],
  ] as const) {
    file.writeUInt16LE(value, offset);
  }
  file.write('data', 36);
  for (let t = 0; t < samples; t++) {
    file.writeInt16LE(Math.round(20_000 * Math.sin((2 * Math.PI * hertz * t) / 8000)), 44 + 2 * t);
  }
  return file;
}
