import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { resampleKernel } from '@ds/kernels';
import { relativeError } from '@ds/testing';
import { CHROMIUM, CLOSED_NETWORK, lacksChromium } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { describe, expect, it } from 'vitest';

/** Flags for WebGPU on Chromium's software adapter. */
const SOFTWARE_GPU = [
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  '--enable-unsafe-swiftshader',
  '--use-angle=swiftshader',
];

interface Found {
  error?: string;
  backend: string;
  added: string[];
  replaced: string[];
  values: Record<string, { cpu: number[]; webgpu: number[] }>;
}

describe.skipIf(lacksChromium)('WebGPU in Chromium', () => {
  it('computes the kernels of a training step like the cpu backend', async () => {
    const outDir = await mkdtemp(path.join(tmpdir(), 'ds-webgpu-'));
    const root = fileURLToPath(new URL('./webgpu-browser', import.meta.url));
    const common = { root, configFile: false, logLevel: 'error', base: './' } as const;
    await build({ ...common, build: { outDir, emptyOutDir: true } });
    const server = await preview({ ...common, build: { outDir }, preview: { port: 0 } });
    const browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...CLOSED_NETWORK, ...SOFTWARE_GPU],
    });
    try {
      const page = await browser.newPage();
      await page.goto(server.resolvedUrls!.local[0]!);
      const found = (await (await page.waitForFunction('globalThis.found')).jsonValue()) as Found;
      expect(found.error).toBeUndefined();
      expect(found.backend).toBe('webgpu');
      expect(found.added).toContain(resampleKernel.name);
      expect(found.replaced).toContain('Conv2DBackpropFilter');
      expect(Object.keys(found.values)).toHaveLength(4);
      for (const [what, { cpu, webgpu }] of Object.entries(found.values)) {
        expect(webgpu.length, what).toBeGreaterThan(0);
        expect(relativeError(webgpu, cpu), what).toBeLessThan(1e-4);
      }
    } finally {
      await browser.close();
      await server.close();
      await rm(outDir, { recursive: true, force: true });
    }
  });
});
