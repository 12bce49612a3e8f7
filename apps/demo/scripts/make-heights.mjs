// Measures the panels of the built page and writes `src/reserved-heights.css`. A panel that has not
// loaded yet takes as much room as it will need, so links to the panels below it end where they
// should. Run it after a change of a panel, and build again.
import { writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { openBuilt } from './open-built.mjs';

/** Widths of windows. A height is valid from one width up to the next one. */
const WIDTHS = [320, 390, 480, 640, 768, 1024, 1280];
/** A little less than measured: letters differ between systems, and a gap would stay. */
const SHARE = 0.98;

const file = fileURLToPath(new URL('../src/reserved-heights.css', import.meta.url));
const { browser, address, close } = await openBuilt();
const found = [];
for (const width of WIDTHS) {
  const context = await browser.newContext({ viewport: { width, height: 900 } });
  const page = await context.newPage();
  await page.goto(address);
  // Without the earlier heights.
  await page.addStyleTag({ content: 'main .panel.panel { min-height: 0 !important; }' });
  const ids = await page.locator('main > section').evaluateAll((all) => all.map(({ id }) => id));
  for (const id of ids) {
    await page.locator(`#${id}`).scrollIntoViewIfNeeded();
    await page.locator(`#${id} .panel > *`).first().waitFor();
  }
  await page.getByText('fractional max, ').waitFor();
  await page.getByTestId('cifar10-resnet18-spectral').waitFor();
  await page.locator('#shift svg').first().waitFor();
  await page.locator('#between svg').first().waitFor();
  await page.waitForTimeout(3000);
  const heights = await page
    .locator('main > section')
    .evaluateAll((all) => all.map((one) => one.querySelector('.panel').offsetHeight));
  found.push(heights);
  if (width === WIDTHS[0]) found.ids = ids;
  await context.close();
}
await close();
const rules = WIDTHS.map((width, i) => {
  // Up to the next width a panel gets lower, not higher.
  const lines = found.ids.map((id, k) => {
    const height = Math.min(found[i][k], (found[i + 1] ?? found[i])[k]);
    return `  #${id} .panel {\n    min-height: ${Math.floor(SHARE * height)}px;\n  }`;
  });
  return `@media (min-width: ${width}px) {\n${lines.join('\n')}\n}`;
});
const head =
  '/* `make:heights` writes this file: the room of each panel before it has loaded. */\n';
await writeFile(file, `${head}${rules.join('\n')}\n`);
