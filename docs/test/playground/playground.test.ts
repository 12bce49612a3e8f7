import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serve } from 'vitepress';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { hashOf } from '../../.vitepress/theme/playground/shared-code.js';

const docs = fileURLToPath(new URL('../..', import.meta.url));
const PORT = 4188;
const ADDRESS = `http://localhost:${PORT}/playground.html`;
const EXAMPLES = ['Pool a picture', 'Strides that learn', 'The mask of DiffStride'];

describe.skipIf(lacksChromium)('the playground', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  let page: Page;
  const complaints: string[] = [];
  const fetched = new Map<string, number>();

  beforeAll(async () => {
    server = await serve({ root: docs, port: PORT });
    const args = [...CLOSED_NETWORK, '--disable-gpu'];
    browser = await chromium.launch({ executablePath: CHROMIUM, args });
    const context = await browser.newContext({
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    page = await context.newPage();
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(message.text());
    });
    page.on('request', (request) => {
      const { hostname, protocol } = new URL(request.url());
      if (protocol.startsWith('http') && hostname !== 'localhost') complaints.push(request.url());
    });
    page.on('response', async (response) => {
      const body = await response.body().catch(() => Buffer.alloc(0));
      fetched.set(new URL(response.url()).pathname, body.length);
    });
    await page.goto(ADDRESS);
    await page.locator('.cm-content').waitFor();
  }, 120_000);
  afterAll(async () => {
    await browser?.close();
    (server as unknown as { server: { close(): void } } | undefined)?.server.close();
    expect(complaints).toEqual([]);
  });

  const status = () => page.getByRole('status');
  const log = () => page.getByRole('log');
  const button = (name: string) => page.getByRole('button', { name, exact: true });

  /** Opens a program by a link, as a colleague would. */
  async function open(program: string): Promise<void> {
    await page.evaluate(
      (hash) => {
        location.hash = hash;
      },
      await hashOf(program),
    );
    await status().filter({ hasText: 'The program of the link is open.' }).waitFor();
  }

  /** Opens a program and runs it to its end. Returns the lines that it prints. */
  async function printed(program: string): Promise<string[]> {
    await open(program);
    await button('Run').click();
    await status()
      .filter({ hasText: /^(Done|An error)/ })
      .waitFor({ timeout: 60_000 });
    return log().locator('pre').allTextContents();
  }

  beforeEach(() => page.setViewportSize({ width: 1280, height: 800 }));

  it.each(EXAMPLES)(
    'runs the example "%s"',
    async (title) => {
      await page.getByRole('combobox', { name: 'Example' }).selectOption(title);
      await button('Run').click();
      await status()
        .filter({ hasText: /^Done in/ })
        .waitFor({ timeout: 60_000 });
      expect(await log().locator('canvas').count()).toBeGreaterThan(1);
    },
    90_000,
  );

  it('prints what Node prints, and draws tensors', async () => {
    const lines = await printed(`import * as tf from '@tensorflow/tfjs';
type Pair = [number, number];
const pair: Pair = [1, 2];
console.log(tf.getBackend(), pair, { a: new Map([['b', null]]) });
show(tf.tensor3d([1, 0, 0, 0, 1, 0], [1, 2, 3]), 'two pixels');
await new Promise((resolve) => setTimeout(resolve, 1));
console.warn('a %s of %d', 'warning', 2);`);
    expect(lines).toEqual(["cpu [ 1, 2 ] { a: Map(1) { 'b' => null } }", 'a warning of 2']);
    const canvas = log().getByRole('img', { name: 'two pixels' });
    const pixels = await canvas.evaluate((element) => [
      ...(element as HTMLCanvasElement).getContext('2d')!.getImageData(0, 0, 2, 1).data,
    ]);
    expect(pixels).toEqual([255, 0, 0, 255, 0, 255, 0, 255]);
    expect(await log().locator('figcaption').textContent()).toContain('[1, 2, 3], black is 0');
  }, 90_000);

  it.each([
    ['an error', 'const a = 1;\n\nthrow new Error("too small");', 3, 'Error: too small'],
    [
      'an error in a package',
      "import { diffStride } from '@ds/layers';\nimport * as tf from '@tensorflow/tfjs';\ndiffStride(tf.ones([1, 4, 4, 1]), [0.5, 2]);",
      3,
      'ConfigError: diffStride: strides',
    ],
    [
      'a rejected promise',
      'let a = 1;\nPromise.reject(new TypeError("late"));\nawait new Promise(() => {});',
      2,
      'TypeError: late',
    ],
    ['a syntax error', 'const a = 1;\nconst b = ;\n', 2, 'SyntaxError: Unexpected token'],
    [
      'an error that only the browser finds',
      'const a = 1;\nconst b = 2;\nconst a = 3;',
      null,
      "SyntaxError: Identifier 'a'",
    ],
    [
      'an unknown module',
      "\nimport fs from 'node:fs';\nfs.rmSync('/');",
      2,
      "The playground has no module 'node:fs'.",
    ],
    [
      'a name that a module does not have',
      "import {\n  diffStride,\n  nope,\n} from '@ds/layers';\nnope(diffStride);",
      3,
      "SyntaxError: The requested module '@ds/layers' does not provide an export named 'nope'",
    ],
    ['what is no picture', 'show([1]);', 1, 'Error: show: tensor must be a tensor'],
    ['what is no error', 'throw 7;', null, 'Uncaught 7'],
  ])(
    'says the line of %s',
    async (_, program, line, text) => {
      const lines = await printed(program);
      expect(lines.at(-1)).toContain(text);
      expect(await status().textContent()).toBe(
        line === null ? 'An error ended the program.' : `An error in line ${line}.`,
      );
      const marked = await page.locator('.faulty-line').allTextContents();
      expect(marked).toEqual(line === null ? [] : [program.split('\n')[line - 1]]);
      if (line !== null) {
        await button(`line ${line}`).click();
        expect(
          await page.locator('.cm-content').evaluate((one) => one === document.activeElement),
        ).toBe(true);
      }
    },
    90_000,
  );

  it('prints the other methods of the console too', async () => {
    const lines = await printed(`console.group('layers');
console.table([{ stride: 2 }]);
console.dir({ a: 1 });
console.groupEnd();
console.assert(1 > 2, 'one is %d', 1);
console.time('t');
console.timeEnd('t');
console.trace('here');`);
    expect(lines.slice(0, 4)).toEqual([
      'layers',
      '  [ { stride: 2 } ]',
      '  { a: 1 }',
      'Assertion failed: one is 1',
    ]);
    expect(lines[4]).toMatch(/^t: [\d.]+ ms$/);
    expect(lines[5]).toBe('Trace: here');
  }, 90_000);

  describe('in a tab of its own', () => {
    let own: Page;
    beforeEach(async () => {
      own = await browser.newPage();
      await own.goto(ADDRESS);
      await own.locator('.cm-content').waitFor();
    });
    afterEach(() => own.close());
    const firstLine = () => own.locator('.cm-line').first().textContent();
    const example = () => own.getByRole('combobox', { name: 'Example' });
    const leaveAndReturn = async () => {
      await own.getByRole('link', { name: 'Start', exact: true }).first().click();
      await own.waitForURL(/start/);
      await own.goBack();
      await own.locator('.cm-content').waitFor();
    };
    /** Types at the start of the program, as one step of the history. */
    const type = async (text: string) => {
      await own.locator('.cm-content').click();
      await own.keyboard.press('Control+Home');
      await own.keyboard.type(text);
    };

    it('keeps the program while the reader is on another page', async () => {
      await example().selectOption('Strides that learn');
      await type('// mine ');
      const mine = await firstLine();
      expect(mine).toMatch(/^\/\/ mine /);
      await leaveAndReturn();
      await expect.poll(firstLine).toBe(mine);
      expect(await example().inputValue()).toBe('Strides that learn');
    });

    it('keeps changes to the program of a link, and undo brings the link’s back', async () => {
      const hash = await hashOf('let a = 1;');
      await own.evaluate((to) => {
        location.hash = to;
      }, hash);
      await expect.poll(firstLine).toBe('let a = 1;');
      await type('// mine ');
      await leaveAndReturn();
      await expect.poll(firstLine).toBe('// mine let a = 1;');
      await own.getByRole('status').getByText('as you changed it').waitFor();
      await own.locator('.cm-content').click();
      await own.keyboard.press('Control+z');
      expect(await firstLine()).toBe('let a = 1;');
    });

    it('undoes the choice of an example, and leaves what was typed before', async () => {
      await type('// mine ');
      const mine = await firstLine();
      await example().selectOption('Strides that learn');
      expect(await firstLine()).not.toBe(mine);
      await own.locator('.cm-content').click();
      await own.keyboard.press('Control+z');
      expect(await firstLine()).toBe(mine);
    });

    it('works where a browser blocks the data of sites', async () => {
      await own.addInitScript(() => {
        Object.defineProperty(globalThis, 'sessionStorage', {
          get() {
            throw new DOMException('The operation is insecure.', 'SecurityError');
          },
        });
      });
      await own.reload();
      await own.locator('.cm-content').waitFor();
      await type('// mine ');
      expect(await firstLine()).toMatch(/^\/\/ mine /);
    });
  });

  it('stops an endless program, and runs the next', async () => {
    await open('console.log("begins");\nfor (;;) {}');
    await button('Run').click();
    await log().getByText('begins').waitFor({ timeout: 60_000 });
    await button('Stop').click();
    expect(await status().textContent()).toBe('Stopped.');
    expect(await button('Stop').isDisabled()).toBe(true);
    expect(await printed('console.log("next")')).toEqual(['next']);
  }, 90_000);

  it('stops timers that run on after the last line', async () => {
    await open('let i = 0;\nsetInterval(() => console.log(i++), 20);');
    await button('Run').click();
    await status().filter({ hasText: /^Done/ }).waitFor({ timeout: 60_000 });
    const count = () => log().locator('pre').count();
    await expect.poll(count).toBeGreaterThan(2);
    await button('Stop').click();
    expect(await status().textContent()).toBe('Stopped.');
    const stopped = await count();
    await page.waitForTimeout(200);
    expect(await count()).toBe(stopped);
  }, 90_000);

  it('shows a thousand lines of a program, and no more', async () => {
    const lines = await printed('for (let i = 0; i < 5000; i++) console.log(i);');
    expect(lines).toHaveLength(1001);
    expect(lines.at(-1)).toBe('More than 1,000 lines. The rest is not shown.');
  }, 90_000);

  it('copies a link that opens the program, and does not run it', async () => {
    await page.locator('.cm-content').click();
    await page.keyboard.press('Control+a');
    await page.keyboard.type("console.log('shared');");
    await button('Copy a link').click();
    await status().filter({ hasText: 'The link is copied.' }).waitFor();
    const link = await page.evaluate(() => navigator.clipboard.readText());
    expect(link).toMatch(/\/playground(\.html)?#code=[\w-]+$/);
    await page.goto('about:blank');
    await page.goto(link);
    await status().filter({ hasText: 'The program of the link is open.' }).waitFor();
    expect(await page.locator('.cm-line').allTextContents()).toEqual(["console.log('shared');"]);
    expect(await log().locator('pre').count()).toBe(0);
  }, 90_000);

  it('says that a link is damaged', async () => {
    await page.evaluate(() => {
      location.hash = '#code=AAAA';
    });
    await status().filter({ hasText: 'it is damaged or incomplete' }).waitFor();
  });

  it('is used by the keyboard: Ctrl-Enter runs, and Tab leaves the editor', async () => {
    await open("console.log('by keys');");
    await page.locator('.cm-content').focus();
    await page.keyboard.press('Control+Enter');
    await log().getByText('by keys').waitFor({ timeout: 60_000 });
    await page.keyboard.press('Tab');
    expect(await page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe(
      'Output',
    );
  }, 90_000);

  it('has line numbers that can be read, in both themes', async () => {
    for (const isDark of [false, true]) {
      const contrast = await page.evaluate((dark) => {
        document.documentElement.classList.toggle('dark', dark);
        const channels = (color: string) =>
          color
            .match(/[\d.]+/g)!
            .map(Number)
            .slice(0, 3);
        const luminance = (color: string) =>
          channels(color)
            .map((value) => value / 255)
            .map((value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4))
            .reduce((sum, value, i) => sum + [0.2126, 0.7152, 0.0722][i]! * value, 0);
        const gutter = getComputedStyle(document.querySelector('.cm-gutters')!).color;
        const ground = getComputedStyle(document.querySelector('.cm-editor')!).backgroundColor;
        const [low, high] = [luminance(gutter), luminance(ground)].sort((a, b) => a - b);
        return (high! + 0.05) / (low! + 0.05);
      }, isDark);
      expect(contrast).toBeGreaterThan(4.5);
    }
    await page.evaluate(() => document.documentElement.classList.remove('dark'));
  });

  it('fits a phone, in both themes', async () => {
    await printed('console.log("x".repeat(300)); console.log([1, 2]);');
    for (const width of [320, 390, 1920]) {
      await page.setViewportSize({ width, height: 700 });
      for (const isDark of [false, true]) {
        await page.evaluate(
          (dark) => document.documentElement.classList.toggle('dark', dark),
          isDark,
        );
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${width}`).toBeLessThanOrEqual(0);
      }
    }
  }, 90_000);

  it('opens a sample of a guide, which prints what the guide says', async () => {
    await page.goto(`http://localhost:${PORT}/start.html`);
    await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!);
    const links = page.getByRole('link', { name: 'Run this in the playground' });
    await links.first().click();
    await status().filter({ hasText: 'The program of the link is open.' }).waitFor();
    await button('Run').click();
    await status()
      .filter({ hasText: /^Done in/ })
      .waitFor({ timeout: 60_000 });
    expect(await log().locator('pre').allTextContents()).toEqual(['[ 1, 10 ] [ 2, 2 ]']);
  }, 90_000);

  it('trains with our kernels on wasm', async () => {
    const lines = await printed(`import { useBackend } from '@ds/backend';
const { name, kernels } = await useBackend('wasm');
console.log(name, kernels);
import * as tf from '@tensorflow/tfjs';
import { DiffStride } from '@ds/layers';
const model = tf.sequential();
model.add(tf.layers.conv2d({ filters: 2, kernelSize: 3, inputShape: [8, 8, 1] }));
model.add(new DiffStride({ strides: [2, 2], smoothness: 0.5 }));
model.add(tf.layers.globalAveragePooling2d({}));
model.compile({ optimizer: 'sgd', loss: 'meanSquaredError' });
const [x, y] = [tf.randomNormal([4, 8, 8, 1], 0, 1, 'float32', 1), tf.ones([4, 2])];
const { history } = await model.fit(x, y, { epochs: 20, verbose: 0 });
console.log(history.loss.at(-1) < history.loss[0]);`);
    expect(lines).toEqual(['wasm relaxed-simd', 'true']);
  }, 90_000);

  it('loads the editor and the modules of a program only', () => {
    const of = (pattern: RegExp) =>
      [...fetched].filter(([name]) => pattern.test(name)).reduce((sum, [, size]) => sum + size, 0);
    // Pages without the playground load neither. The sizes are without compression.
    const start = readFileSync(`${docs}/.vitepress/dist/start.html`, 'utf8');
    expect(start).not.toMatch(/playground-worker|editor\./);
    const kB = {
      worker: of(/playground-worker\/worker\.js$/),
      editor: of(/assets\/chunks\/editor/),
    };
    expect(kB.worker / 1000).toBeGreaterThan(100);
    expect(kB.worker / 1000).toBeLessThan(340);
    // The training above loaded its kernels. No program imports safetensors.
    expect(of(/playground-worker\/kernels-relaxed/)).toBeGreaterThan(0);
    expect([...fetched.keys()].filter((name) => /safetensors/.test(name))).toEqual([]);
    expect(kB.editor / 1000).toBeGreaterThan(100);
    expect(kB.editor / 1000).toBeLessThan(520);
  });
});
