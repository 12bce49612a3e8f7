import { readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { serve } from 'vitepress';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const FLAGS = [...CLOSED_NETWORK, '--disable-gpu'];
const PORT = 4187;
const SITE = `http://localhost:${PORT}`;

/** The addresses of the built site's pages, without the demo. */
async function pages(): Promise<string[]> {
  const files = await readdir(path.join(root, '.vitepress/dist'), { recursive: true });
  return files
    .filter((file) => file.endsWith('.html') && !file.startsWith('demo') && file !== '404.html')
    .map((file) => `/${file.replaceAll(path.sep, '/')}`.replace(/(?<=\/)index\.html$|\.html$/, ''))
    .sort();
}

describe.skipIf(lacksChromium)('the built site', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  /** One browser page for all tests. */
  let page: Page;
  const complaints: string[] = [];
  const visited = new Set<string>();
  let all: string[];

  beforeAll(async () => {
    server = await serve({ root, port: PORT });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
    // A small viewport, since the site prefetches the targets of visible links.
    page = await browser.newPage({ viewport: { width: 400, height: 300 } });
    page.on('console', (message) => {
      if (message.type() === 'error') complaints.push(`${page.url()}: ${message.text()}`);
    });
    page.on('pageerror', (error) => complaints.push(`${page.url()}: ${error.message}`));
    page.on('request', (request) => {
      const url = new URL(request.url());
      if (url.protocol.startsWith('http') && url.hostname !== 'localhost') {
        complaints.push(`${page.url()}: outside ${url}`);
      }
    });
    all = await pages();
  });
  // All tests share the page, so each one checks for errors.
  afterEach(() => expect(complaints).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    (server as unknown as { server: { close(): void } } | undefined)?.server.close();
  });

  /** Loads a page and waits until it is hydrated. */
  async function visit(address: string): Promise<void> {
    await page.goto(`${SITE}${address}`);
    await page.waitForFunction(() => '__vue_app__' in document.querySelector('#app')!);
    await expectHeading(address);
  }

  async function expectHeading(address: string): Promise<void> {
    expect(await page.locator('h1').count(), address).toBe(1);
    await expect.poll(() => page.getByRole('main').count(), { message: address }).toBe(1);
    visited.add(address);
  }

  /** The words of a figure in another colour than its text. */
  const coloredWords = (figure: Locator) =>
    figure.locator('.plots text').evaluateAll((all) => {
      const colorOf = (one: Element) => getComputedStyle(one).fill;
      const ink = getComputedStyle(all[0]!.closest('.plots')!).color;
      return all.filter((one) => colorOf(one) !== ink).map((one) => one.textContent);
    });

  it('updates figures by their sliders, on every theory page but the table of quirks', async () => {
    for (const address of all.filter((one) => one.startsWith('/theory/'))) {
      if (address.endsWith('/quirks')) continue;
      await visit(address);
      const figures = page.locator('.live-figure');
      const count = await figures.count();
      expect(count, address).toBeGreaterThan(0);
      for (let i = 0; i < count; i++) {
        const figure = figures.nth(i);
        await figure.locator('.plots svg').first().waitFor();
        const before = await figure.locator('.plots').innerHTML();
        const slider = figure.locator('input').last();
        await slider.focus();
        await slider.press('End');
        await expect
          .poll(() => figure.locator('.plots').innerHTML(), { timeout: 10_000, message: address })
          .not.toBe(before);
        expect(await figure.locator('figcaption').textContent()).toMatch(/\d/);
        // Words have the colour of the text, since the colours of lines are too pale for them.
        expect(await coloredWords(figure)).toEqual([]);
      }
      if (address === '/theory/diffstride') {
        const formulas = page.locator('mjx-container svg');
        expect(await formulas.count(), 'formulas').toBeGreaterThan(5);
      }
    }
    expect(visited).toContain('/theory/diffstride');
  }, 120_000);

  it.each([
    ['/theory/aliasing', '.live-figure .plots svg'],
    ['/results', '.stored-figure .plot svg[viewBox]'],
  ])(
    'draws the figures of %s at each new width, and not at a new height',
    async (address, at) => {
      await visit(address);
      const svg = page.locator(at).first();
      await svg.waitFor();
      const size = () =>
        svg.evaluate((one) => [Number(one.getAttribute('width')), one.clientWidth]);
      const [narrow] = await size();
      await page.setViewportSize({ width: 700, height: 300 });
      await expect.poll(async () => (await size())[0]).toBeGreaterThan(narrow!);
      const [drawn, shown] = await size();
      expect(shown).toBe(drawn);
      await svg.evaluate((one) => one.setAttribute('data-kept', ''));
      await page.setViewportSize({ width: 700, height: 600 });
      await page.waitForTimeout(500);
      expect(await svg.getAttribute('data-kept')).toBe('');
      await page.setViewportSize({ width: 400, height: 300 });
      await expect.poll(async () => (await size())[0]).toBe(narrow);
    },
    60_000,
  );

  it('prints dark text on white paper, also from the dark theme', async () => {
    await visit('/theory/regularizer');
    await page.evaluate(() => document.documentElement.classList.add('dark'));
    await page.emulateMedia({ media: 'print' });
    const colors = await page.evaluate(() => {
      const brightness = (selector: string, property: 'color' | 'backgroundColor') => {
        const color = getComputedStyle(document.querySelector(selector)!)[property];
        const [red, green, blue] = color.match(/[\d.]+/g)!.map(Number);
        return (red! + green! + blue!) / 3;
      };
      return {
        paper: brightness('body', 'backgroundColor'),
        texts: ['.vp-doc p', '.vp-doc a', '.vp-doc .vp-code span[style]', 'figcaption'].map((one) =>
          brightness(one, 'color'),
        ),
      };
    });
    await page.emulateMedia({ media: 'screen' });
    await page.evaluate(() => document.documentElement.classList.remove('dark'));
    expect(colors.paper).toBe(255);
    for (const text of colors.texts) expect(text).toBeLessThan(130);
  });

  it.each([
    ['/theory/aliasing', 'This figure is computed in the page, so it needs JavaScript.'],
    ['/results', 'The table has its numbers.'],
    ['/playground', 'The playground runs programs in the page, so it needs JavaScript.'],
  ])('says on %s what needs JavaScript', async (address, text) => {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const plain = await context.newPage();
    await plain.goto(`${SITE}${address}`);
    const said = plain.locator('noscript').first();
    await said.waitFor();
    expect(await said.textContent()).toContain(text);
    await context.close();
  });

  it('draws the graph of imports from the sources', async () => {
    await visit('/contribute/architecture');
    const drawing = page.getByRole('img', { name: 'Which package imports which' });
    expect(await drawing.locator('.node').count()).toBe(15);
    const arrows = await drawing.locator('.edge title').allTextContents();
    expect(arrows).toContain('layers->masks');
    expect(arrows).not.toContain('masks->layers');
  });

  it('answers questions by a guide or by theory first', async () => {
    await visit('/start');
    const search = page.locator('#localsearch-input');
    // The code of the search loads after the page.
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Control+k');
          return search.isVisible();
        },
        { interval: 200, timeout: 30_000 },
      )
      .toBe(true);
    const answers: Record<string, string> = {
      'How do I train on my own images?': '/guide/own-pictures',
      'what is aliasing': '/theory/aliasing',
      'spectral pooling': '/theory/spectral-pooling',
      // Both pages say how.
      install: '/(start|guide/setup)',
      'shift invariance': '/theory/shift-equivariance',
      'export to ONNX': '/guide/model-to-browser',
      'audio classification': '/guide/own-sounds',
      segmentation: '/guide/segmentation',
      freeze: '/guide/freezing',
      video: '/guide/any-rank',
      webpack: '/guide/bundlers',
      Hermitian: '/theory/dft',
    };
    for (const [question, answer] of Object.entries(answers)) {
      await search.fill(question);
      const first = page.locator('#localsearch-list a').first();
      await expect
        .poll(() => first.getAttribute('href'), { message: question, timeout: 10_000 })
        .toMatch(new RegExp(`^${answer}(#|$)`));
    }
  }, 60_000);

  it('plays the figure of the home page, which is a picture before', async () => {
    await visit('/');
    const figure = page.locator('.home-figure');
    await figure.scrollIntoViewIfNeeded();
    await figure.locator('.plots svg').last().waitFor({ timeout: 30_000 });
    const caption = figure.locator('figcaption');
    await expect.poll(() => caption.textContent(), { timeout: 60_000 }).toContain('small stride');
    // A reader takes over.
    await figure.locator('input').focus();
    await page.keyboard.press('Home');
    await expect.poll(() => caption.textContent()).toContain('Strides 4.0 × 4.0');
    expect(await figure.locator('img').count()).toBe(0);
    expect(await coloredWords(figure)).toEqual([]);
  }, 120_000);

  it('shows its main tables whole on a desktop', async () => {
    await page.setViewportSize({ width: 1280, height: 800 });
    const hidden: number[] = [];
    for (const [address, count] of [
      ['/guide/which-pooling', 1],
      ['/reproduced', 1],
      ['/speed', 12],
    ] as const) {
      await visit(address);
      const all = await page
        .locator('.vp-doc table')
        .evaluateAll((tables) => tables.map((table) => table.scrollWidth - table.clientWidth));
      hidden.push(...all.slice(0, count));
    }
    expect(hidden).toEqual(Array(14).fill(0));
    await page.setViewportSize({ width: 400, height: 300 });
  }, 60_000);

  it('has the demo inside', async () => {
    await visit('/');
    await page.getByRole('link', { name: 'The demo' }).click();
    await page.getByText(/^DiffStride, \d+×\d+/).waitFor({ timeout: 30_000 });
    // And the way back: every link of the demo to the documentation names a page of it.
    const hrefs = await page
      .locator('a[href^="../"]')
      .evaluateAll((all) => all.map((a) => new URL((a as HTMLAnchorElement).href).pathname));
    expect(hrefs.length).toBeGreaterThan(5);
    for (const href of hrefs) expect(all).toContain(href);
  });

  it('shows every page with a heading, without an error or an outside request', async () => {
    expect(all).toContain('/packages/layers');
    expect(all).toContain('/results');
    const rest = all.filter((address) => !visited.has(address));
    const isReference = (address: string) => address.startsWith('/reference/');
    for (const address of rest.filter((one) => !isReference(one))) await visit(address);
    // Pages of the reference are alike. One of them is loaded. The index and the first topic of
    // each package are reached by links. reference.test.ts reads the files of the others.
    await visit('/reference/fft/fft-plans');
    const alike = new Map<string, string>();
    for (const address of all.filter(isReference)) {
      const kind = address.replace(/[^/]+$/, 'topic');
      if (!alike.has(kind)) alike.set(kind, address);
    }
    expect(alike.size).toBeGreaterThan(20);
    for (const address of alike.values()) {
      await follow(address);
      await expectHeading(address);
    }
    const expected = all.filter((address) => !isReference(address) || visited.has(address));
    expect([...visited].sort()).toEqual(expected);
  }, 240_000);

  /** Navigates like a link of the site, without a page load. */
  async function follow(address: string): Promise<void> {
    const file = address.endsWith('/') ? `${address}index.html` : `${address}.html`;
    const html = await readFile(path.join(root, '.vitepress/dist', file), 'utf8');
    const [, id] = /<h1 id="([^"]+)"/.exec(html) ?? [];
    expect(id, address).toBeDefined();
    await page.evaluate((to) => {
      const link = document.createElement('a');
      link.href = to;
      document.querySelector('#app')!.append(link);
      link.click();
      link.remove();
    }, address);
    await page.locator(`h1[id="${id}"]`).waitFor({ state: 'attached' });
    expect(new URL(page.url()).pathname).toBe(address);
  }
});
