// Takes the picture of the README, `assets/demo.png`, of the built page: its beginning, and two
// networks after some training.
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { openBuilt } from './open-built.mjs';

const STEPS = 150;
const file = fileURLToPath(new URL('../../../assets/demo.png', import.meta.url));
const { browser, address, close } = await openBuilt();
const page = await browser.newPage({
  viewport: { width: 1180, height: 820 },
  reducedMotion: 'reduce',
});
await page.goto(address);
await page.getByTestId('claim').getByText('19 %').waitFor();
const top = await page.screenshot();
await page.locator('#learn').scrollIntoViewIfNeeded();
await page.getByRole('button', { name: 'Start', exact: true }).click();
const status = page.getByTestId('learn-status');
const step = async () => Number(/step (\d+)/.exec((await status.textContent()) ?? '')?.[1]);
while (!((await step()) >= STEPS)) await page.waitForTimeout(500);
await page.getByRole('button', { name: 'Pause' }).click();
await page.locator('#learn .transport').evaluate((row) => row.scrollIntoView());
await page.waitForTimeout(500);
const learning = await page.screenshot();
await close();
const { width, height } = await sharp(top).metadata();
await sharp({ create: { width, height: 2 * height, channels: 3, background: '#fff' } })
  .composite([
    { input: top, left: 0, top: 0 },
    { input: learning, left: 0, top: height },
  ])
  .png({ palette: true, quality: 90 })
  .toFile(file);
