// Runs every case of backends/cases.mjs on every available backend and stores the results for the
// page on backends. cpu, wasm and tfjs-node run in Node, WebGL and WebGPU in Chromium:
//   node docs/scripts/measure-backends.mjs [--hardware-gpu]
// Without the flag, Chromium's software adapter replaces a GPU.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { build, preview } from 'vite';
import { measureBackend } from '../backends/measure.mjs';

const docs = fileURLToPath(new URL('..', import.meta.url));
const isHardware = process.argv.includes('--hardware-gpu');
const GPU = isHardware
  ? ['--enable-unsafe-webgpu', '--enable-gpu']
  : [
      '--enable-unsafe-webgpu',
      '--use-webgpu-adapter=swiftshader',
      '--enable-unsafe-swiftshader',
      '--use-angle=swiftshader',
    ];

/** The results of each backend, or the reason why there are none. */
const columns = {};
const tfjs = createRequire(import.meta.url)('@tensorflow/tfjs/package.json').version;

for (const name of ['cpu', 'wasm', 'tensorflow']) {
  columns[name] = {
    where: `Node ${process.versions.node}`,
    ...(await tried(() => measureBackend(name))),
  };
}
Object.assign(columns, await inChromium(['webgl', 'webgpu']));

const found = { date: new Date().toISOString().slice(0, 10), tfjs, columns };
writeFileSync(path.join(docs, 'backends/found.json'), `${JSON.stringify(found, null, 1)}\n`);
process.exit(0);

async function tried(measure) {
  try {
    return { results: await measure() };
  } catch (error) {
    return { absent: error.message };
  }
}

async function inChromium(names) {
  const root = path.join(docs, 'backends');
  const outDir = mkdtempSync(path.join(tmpdir(), 'backends-'));
  let server;
  let browser;
  try {
    const common = { root, configFile: false, logLevel: 'error' };
    await build({ ...common, build: { outDir, emptyOutDir: true } });
    server = await preview({ ...common, build: { outDir }, preview: { port: 0 } });
    browser = await chromium.launch({
      executablePath: CHROMIUM,
      args: [...CLOSED_NETWORK, ...GPU],
    });
    const where = `Chromium ${browser.version().split('.')[0]}, ${isHardware ? 'its GPU' : 'software adapter'}`;
    const columns = {};
    for (const name of names) {
      columns[name] = { where, ...(await tried(() => everyCase(browser, server, name))) };
    }
    return columns;
  } finally {
    await browser?.close();
    await server?.close();
    rmSync(outDir, { recursive: true, force: true });
  }
}

/** Runs each case in a new page, so that a lost GPU or a failed engine affects no other case. */
async function everyCase(browser, server, name) {
  const results = [];
  for (let i = 0, count = 1; i < count; i++) {
    const page = await browser.newPage();
    await page.goto(server.resolvedUrls.local[0]);
    count = await page.evaluate(() => globalThis.caseCount);
    results.push(
      await page.evaluate(([backend, at]) => globalThis.measureCase(backend, at), [name, i]),
    );
    await page.close();
  }
  return results;
}
