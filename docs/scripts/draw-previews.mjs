// Draws the pictures of the figure on the home page into `public`: the card that other sites show
// of a link, the pictures for readers without scripts, and the icon for phones.
//   node docs/scripts/build.mjs && node docs/scripts/draw-previews.mjs
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHROMIUM } from '@ds/testing/chromium';
import { chromium } from 'playwright-core';
import { serve } from 'vitepress';

const PORT = 4191;
const root = fileURLToPath(new URL('..', import.meta.url));
const file = (name) => path.join(root, 'public', name);

const server = await serve({ root, port: PORT });
const browser = await chromium.launch({
  executablePath: CHROMIUM,
  args: ['--no-sandbox', '--disable-gpu'],
});

for (const theme of ['light', 'dark']) {
  const page = await home({ width: 1280, height: 900 }, theme, 1.5);
  // Nothing moves a slider without scripts.
  await page.addStyleTag({ content: '.live-figure .controls { visibility: hidden }' });
  await page.locator('.live-figure').screenshot({ path: file(`learning-${theme}.png`) });
  await page.close();
}

const card = await home({ width: 1200, height: 630 }, 'light', 1);
await card.addStyleTag({
  content:
    '.VPNav, .VPHero .actions, .live-figure .controls { display: none } .VPHero { padding-top: 72px }',
});
await card.screenshot({ path: file('preview.png') });

const icon = await browser.newPage({ viewport: { width: 180, height: 180 } });
await icon.goto(`http://localhost:${PORT}/icon.svg`);
await icon.screenshot({ path: file('touch-icon.png') });

await browser.close();
server.server.close();

/** The home page with its figure at the last step. */
async function home(viewport, colorScheme, deviceScaleFactor) {
  const page = await browser.newPage({
    viewport,
    colorScheme,
    deviceScaleFactor,
    reducedMotion: 'reduce',
  });
  await page.goto(`http://localhost:${PORT}/`);
  await page.locator('.live-figure svg').last().waitFor();
  return page;
}
