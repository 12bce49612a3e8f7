import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { resampleKernel } from '@ds/kernels';
import { relativeError } from '@ds/testing';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import * as tf from '@tensorflow/tfjs';
import { type Browser, chromium } from 'playwright-core';
import { build, type PreviewServer, preview } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/** Flags for WebGPU on Chromium's software adapter. */
const SOFTWARE_GPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
  '--use-angle=swiftshader',
];

/** What the page of the wasm backend reports. */
interface OnWasm {
  gradient: number[];
}

/** What the page of the WebGPU backend reports. */
interface OnWebGpu {
  error?: string;
  backend: string;
  added: string[];
  replaced: string[];
  values: Record<string, { cpu: number[]; webgpu: number[] }>;
}

describe.skipIf(lacksChromium)('bundled by Vite, in Chromium', () => {
  let folder: string;
  let server: PreviewServer;
  let isolated: PreviewServer;
  let browser: Browser;
  /** Opens a page of a server, and returns its report. */
  const found = async <Report>({ resolvedUrls }: PreviewServer, name: string) => {
    const page = await browser.newPage();
    await page.goto(new URL(name, resolvedUrls!.local[0]!).href);
    const handle = await page.waitForFunction('globalThis.found', undefined, { timeout: 0 });
    return (await handle.jsonValue()) as Report;
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ds-backend-'));
    const root = fileURLToPath(new URL('./browser', import.meta.url));
    const common = { root, configFile: false, logLevel: 'error', base: './' } as const;
    const input = ['wasm.html', 'webgpu.html'].map((name) => path.join(root, name));
    // One build and one browser for all pages: each takes seconds.
    const rolldownOptions = { input };
    await build({ ...common, build: { outDir: folder, emptyOutDir: true, rolldownOptions } });
    const serve = (headers: Record<string, string>) =>
      preview({ ...common, build: { outDir: folder }, preview: { port: 0, headers } });
    server = await serve({});
    isolated = await serve({
      'Cross-Origin-Opener-Policy': 'same-origin',
      'Cross-Origin-Embedder-Policy': 'require-corp',
    });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...CLOSED_NETWORK, ...SOFTWARE_GPU],
    });
  });

  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await isolated?.close();
    await rm(folder, { recursive: true, force: true });
  });

  it('links its kernels into tfjs, with the same results as in Node', async () => {
    const report = await found<OnWasm>(server, 'wasm.html');
    expect(report).toMatchObject({ backend: 'wasm', kernels: 'relaxed-simd' });
    expect(report.gradient).toEqual(await gradientOnCpu());
  });

  it('does so on a cross-origin isolated page, on which tfjs would start threads', async () => {
    const report = await found<OnWasm>(isolated, 'wasm.html');
    expect(report).toMatchObject({ backend: 'wasm', kernels: 'relaxed-simd' });
    expect(report.gradient).toEqual(await gradientOnCpu());
  });

  it('computes the kernels of a training step on WebGPU like the cpu backend', async () => {
    const report = await found<OnWebGpu>(server, 'webgpu.html');
    expect(report.error).toBeUndefined();
    expect(report.backend).toBe('webgpu');
    expect(report.added).toContain(resampleKernel.name);
    expect(report.replaced).toContain('Conv2DBackpropFilter');
    expect(Object.keys(report.values)).toHaveLength(4);
    for (const [what, { cpu, webgpu }] of Object.entries(report.values)) {
      expect(webgpu.length, what).toBeGreaterThan(0);
      expect(relativeError(webgpu, cpu), what).toBeLessThan(1e-4);
    }
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
