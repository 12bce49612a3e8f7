import { fileURLToPath } from 'node:url';
import { CHROMIUM, CLOSED_NETWORK } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { preview } from 'vite';

/** Serves the built page and starts a browser for it. */
export async function openBuilt() {
  const root = fileURLToPath(new URL('..', import.meta.url));
  const server = await preview({
    root,
    configFile: false,
    base: '/demo/',
    logLevel: 'error',
    preview: { port: 0 },
  });
  const browser = await chromium.launch({
    executablePath: CHROMIUM,
    args: [...CLOSED_NETWORK, '--disable-gpu'],
  });
  const close = async () => {
    await browser.close();
    await server.close();
  };
  return { browser, address: server.resolvedUrls.local[0], close };
}
