import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import * as tf from '@tensorflow/tfjs';
import { type Browser, chromium } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const FLAGS = [...CLOSED_NETWORK, '--disable-gpu'];

describe.skipIf(lacksChromium)('bundled by Vite, in Chromium', () => {
  let folder: string;
  let server: PreviewServer;
  let isolated: PreviewServer;
  let browser: Browser;
  /** Opens the page of a server, and returns its report. */
  const found = async ({ resolvedUrls }: PreviewServer) => {
    const page = await browser.newPage();
    await page.goto(resolvedUrls!.local[0]!);
    const handle = await page.waitForFunction('globalThis.found');
    return (await handle.jsonValue()) as { gradient: number[] };
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ds-backend-'));
    const root = fileURLToPath(new URL('./browser', import.meta.url));
    const common = { root, configFile: false, logLevel: 'error', base: './' } as const;
    await build({ ...common, build: { outDir: folder, emptyOutDir: true } });
    const serve = (headers: Record<string, string>) =>
      preview({ ...common, build: { outDir: folder }, preview: { port: 0, headers } });
    server = await serve({});
    isolated = await serve({
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    browser = await chromium.launch({ executablePath: CHROMIUM, args: FLAGS });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await isolated?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('links its kernels into tfjs, with the same results as in Node', async () => {
    const report = await found(server);
    expect(report).toMatchObject({ backend: 'wasm', kernels: 'relaxed-simd' });
    expect(report.gradient).toEqual(await gradientOnCpu());
  });

  it('does so on a cross-origin isolated page, on which tfjs would start threads', async () => {
    const report = await found(isolated);
    expect(report).toMatchObject({ backend: 'wasm', kernels: 'relaxed-simd' });
    expect(report.gradient).toEqual(await gradientOnCpu());
  });
});

/** The computation of the page: sums of integers below 2²⁴, exact in float32. */
async function gradientOnCpu(): Promise<number[]> {
  await tf.setBackend('cpu');
  return tf.tidy(() => {
    const x = tf.reshape(tf.range(0, 2 * 5 * 5 * 3), [2, 5, 5, 3]) as tf.Tensor4D;
    const filter = tf.ones([3, 3, 3, 2]) as tf.Tensor4D;
    const sum = (f: tf.Tensor) => tf.sum(tf.conv2d(x, f as tf.Tensor4D, 2, 'same'));
    return [...tf.grad(sum)(filter).dataSync()];
  });
}
