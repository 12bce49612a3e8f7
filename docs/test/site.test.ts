import { readdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { type Browser, chromium, type Page } from 'playwright-core';
import { serve } from 'vitepress';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const FLAGS = [...CLOSED_NETWORK, '--disable-gpu'];
const PORT = 4187;

/** Pages of the built site by their path, the demo apart. */
async function pages(): Promise<string[]> {
  const files = await readdir(path.join(root, '.vitepress/dist'), { recursive: true });
  return files
    .filter((file) => file.endsWith('.html') && !file.startsWith('demo') && file !== '404.html')
    .map((file) => `/${file.replaceAll(path.sep, '/')}`)
    .sort();
}

describe.skipIf(lacksChromium)('the built site', () => {
  let browser: Browser;
  let server: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    server = await serve({ root, port: PORT });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    (server as unknown as { server: { close(): void } } | undefined)?.server.close();
  });

  /** A page, and what it complains of. */
  async function open(): Promise<{ page: Page; complaints: string[] }> {
    const page = await browser.newPage();
    const complaints: string[] = [];
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
    return { page, complaints };
  }

  it('shows every page with a heading, without an error or an outside request', async () => {
    const { page, complaints } = await open();
    const all = await pages();
    expect(all).toContain('/theory/diffstride.html');
    expect(all).toContain('/packages/layers.html');
    expect(all).toContain('/reference/fft/src/plan.html');
    expect(all).toContain('/results.html');
    for (const address of all) {
      await page.goto(`http://localhost:${PORT}${address}`);
      expect(await page.locator('h1').count(), address).toBeGreaterThan(0);
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  it('draws its formulas', async () => {
    const { page } = await open();
    await page.goto(`http://localhost:${PORT}/theory/diffstride.html`);
    expect(await page.locator('mjx-container svg').count()).toBeGreaterThan(5);
    await page.close();
  });

  it('draws figures that follow their sliders, on every page of theory but the table of quirks', async () => {
    const { page, complaints } = await open();
    for (const address of (await pages()).filter((one) => one.startsWith('/theory/'))) {
      if (address.endsWith('/quirks.html')) continue;
      await page.goto(`http://localhost:${PORT}${address}`);
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
      }
    }
    expect(complaints).toEqual([]);
    await page.close();
  }, 120_000);

  it('draws who imports whom, from the sources', async () => {
    const { page } = await open();
    await page.goto(`http://localhost:${PORT}/contribute/architecture.html`);
    const drawing = page.getByRole('img', { name: 'Which package imports which' });
    expect(await drawing.locator('.node').count()).toBe(12);
    const arrows = await drawing.locator('.edge title').allTextContents();
    expect(arrows).toContain('layers->masks');
    expect(arrows).not.toContain('masks->layers');
    await page.close();
  });

  it('finds "Hermitian" by its search', async () => {
    const { page } = await open();
    await page.goto(`http://localhost:${PORT}/start.html`);
    const search = page.locator('#localsearch-input');
    // The page listens once it has come to life, which nothing tells from outside.
    await expect
      .poll(
        async () => {
          await page.keyboard.press('Control+k');
          return search.isVisible();
        },
        { interval: 200, timeout: 30_000 },
      )
      .toBe(true);
    await search.fill('Hermitian');
    await page.locator('#localsearch-list a[href*="/theory/dft"]').first().waitFor();
    await page.close();
  });

  it('has the demo inside', async () => {
    const { page, complaints } = await open();
    await page.goto(`http://localhost:${PORT}/index.html`);
    await page.getByRole('link', { name: 'The demo' }).click();
    await page.getByText(/^DiffStride, \d+×\d+/).waitFor({ timeout: 30_000 });
    expect(complaints).toEqual([]);
    await page.close();
  });
});
