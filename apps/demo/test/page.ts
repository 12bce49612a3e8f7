import { existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK } from '@ds/testing/chromium';
import { type Browser, chromium, type Locator, type Page } from 'playwright-core';
import { type PreviewServer, preview } from 'vite';

/** GPU interfaces through Chromium's software adapter. */
export const SOFTWARE_GPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
  '--use-angle=swiftshader',
];

/** The page as it is published, under a sub-path: what `pnpm build` made. */
export class BuiltPage {
  private constructor(
    readonly folder: string,
    private readonly server: PreviewServer,
  ) {}

  /** @throws Error if the page has not been built. */
  static async serve(): Promise<BuiltPage> {
    const root = fileURLToPath(new URL('..', import.meta.url));
    const folder = path.join(root, 'dist');
    if (!existsSync(path.join(folder, 'index.html'))) {
      throw new Error(`the page must be built before its tests, got no ${folder}: run pnpm build`);
    }
    const server = await preview({
      root,
      configFile: false,
      base: '/some/where/',
      logLevel: 'error',
      build: { outDir: folder },
      preview: { port: 0 },
    });
    return new BuiltPage(folder, server);
  }

  get address(): string {
    return this.server.resolvedUrls!.local[0]!;
  }

  close(): Promise<void> {
    return this.server.close();
  }
}

export function launch(flags: string[] = ['--disable-gpu']): Promise<Browser> {
  return chromium.launch({ executablePath: CHROMIUM, args: [...CLOSED_NETWORK, ...flags] });
}

/** A page, and everything about it that must not happen. */
export interface WatchedPage {
  page: Page;
  /** Errors on the console, failed requests, requests to elsewhere. */
  complaints: string[];
}

/** Opens the page in a context of its own and watches it. */
export async function open(
  browser: Browser,
  address: string,
  options: Parameters<Browser['newContext']>[0] = {},
): Promise<WatchedPage> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const { origin } = new URL(address);
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(`console: ${message.text()}`);
  });
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`));
  page.on('requestfailed', (request) => complaints.push(`failed: ${request.url()}`));
  context.on('request', (request) => {
    const url = new URL(request.url());
    const isOwn = url.origin === origin || ['data:', 'blob:'].includes(url.protocol);
    if (!isOwn) complaints.push(`outside: ${url}`);
  });
  await page.goto(address);
  return { page, complaints };
}

/** A picture in bytes: red, green, blue, opacity. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array;
}

/** The pixels of a canvas: all, or those of these rows and columns from the upper left. */
export async function pixelsOf(page: Page, label: string | RegExp, side = 4096): Promise<Pixels> {
  const { bytes, ...size } = await page
    .getByRole('img', { name: label, exact: true })
    .evaluate(async (element, most) => {
      const shown = element as HTMLCanvasElement;
      const [width, height] = [Math.min(shown.width, most), Math.min(shown.height, most)];
      const context = new OffscreenCanvas(width, height).getContext('2d')!;
      context.drawImage(shown, 0, 0);
      const { data } = context.getImageData(0, 0, width, height);
      // As text: a million numbers one by one take seconds.
      const reader = new FileReader();
      const bytes = await new Promise<string>((resolve, reject) => {
        reader.onload = () => resolve((reader.result as string).split(',')[1]!);
        reader.onerror = () => reject(reader.error);
        reader.readAsDataURL(new Blob([data]));
      });
      return { width, height, bytes };
    }, side);
  return { ...size, data: new Uint8Array(Buffer.from(bytes, 'base64')) };
}

/** Red, green and blue of every pixel. */
export function colorsOf({ data }: Pixels): Uint8Array {
  return data.filter((_, i) => i % 4 !== 3);
}

/** The input for picture files of a panel. Its button opens it. */
export function fileInput(page: Page, panel: string): Locator {
  return page.locator(`#${panel} input[type=file]`);
}

/** The upper left pixel of a canvas: red, green, blue. */
export async function firstPixel(page: Page, label: string | RegExp): Promise<number[]> {
  return [...colorsOf(await pixelsOf(page, label, 1))];
}

/** Moves a slider, as a reader would with its keys or its knob. */
export async function setSlider(page: Page, label: string, value: number): Promise<void> {
  await page.getByRole('slider', { name: label }).fill(String(value));
}

/** The number that a text begins with. */
export function numberOf(text: string | null): number {
  return Number.parseFloat(text ?? '');
}
