import { readFile } from 'node:fs/promises';
import { useBackend } from '@ds/backend';
import { decodeWav } from '@ds/data/audio';
import { diffStride } from '@ds/layers/ops';
import { lacksChromium } from '@ds/testing/chromium';
import { cards, loadWeights, type SoundWeightsName } from '@ds/weights';
import * as tf from '@tensorflow/tfjs';
import type { Browser, Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BuiltPage, firstPixel, launch, open, type Pixels, pixelsOf, setSlider } from './page.js';
import { expectPooledAsInNode, imageOf, PICTURE, POOLED, pooledSize } from './pooled-picture.js';

const number = (text: string | null) => Number.parseFloat(text ?? '');

describe.skipIf(lacksChromium)('the panels', () => {
  let built: BuiltPage;
  let browser: Browser;
  /** One for all panels, which share nothing but the page. */
  let page: Page;
  let complaints: string[];
  const opened = async () => {
    if (!page) ({ page, complaints } = await open(browser, built.address));
  };
  beforeAll(async () => {
    built = await BuiltPage.serve();
    browser = await launch(['--disable-gpu', '--use-fake-device-for-media-stream']);
  });
  afterAll(async () => {
    await browser?.close();
    await built?.close();
  });

  it('is interactive soon, pools as the library does, and follows its sliders', async () => {
    // Two seconds on a machine with nothing else to do. Tests share theirs, so one of three counts.
    const times: number[] = [];
    while (times.length < 3 && !times.some((time) => time < 4_000)) {
      await page?.context().close();
      const start = performance.now();
      ({ page, complaints } = await open(browser, built.address));
      await page.getByRole('slider', { name: 'Stride down' }).waitFor();
      times.push(performance.now() - start);
    }
    expect(Math.min(...times)).toBeLessThan(4_000);
    await setSlider(page, 'Stride down', 2);
    await setSlider(page, 'Stride across', 4);
    await setSlider(page, 'R, smoothness', 4);
    // 2·ceil(4 + 512/4) down, 2·ceil(4 + 512/8) across.
    await pooledSize(page, 264, 136);
    const original = await expectPooledAsInNode(page, [2, 4], 4);
    // The error of what is left: by the picture itself, uncropped.
    const caption = await page.getByText(/DiffStride, 264×136/).textContent();
    expect(number(/error ([\d.]+)/.exec(caption!)![1]!)).toBeCloseTo(
      await errorInNode(original),
      0,
    );
    await page.getByText('fractional max, 264×136').waitFor();
    const before = await pixelsOf(page, 'fractional max pooling');
    await page.getByRole('button', { name: 'Draw new regions' }).click();
    const isAsBefore = async () => {
      const { data } = await pixelsOf(page, 'fractional max pooling');
      return Buffer.compare(data, before.data) === 0;
    };
    await expect.poll(isAsBefore).toBe(false);
    // By now a second worker makes half of the rows, where there is a processor for it.
    const processors = await page.evaluate(() => navigator.hardwareConcurrency);
    await setSlider(page, 'Stride down', 1.6);
    await pooledSize(page, 328, 136);
    const told = await page.getByTestId('pool-time').textContent();
    expect(told?.includes('in two workers')).toBe(processors > 1);
    await expectPooledAsInNode(page, [1.6, 4], 4);
    expect(complaints).toEqual([]);
  });

  it('says at once what it is about, with numbers of its own picture', async () => {
    await opened();
    const claim = page.getByTestId('claim');
    await claim.getByText('DiffStride’s error 19 %').waitFor({ timeout: 30_000 });
    expect(await claim.textContent()).toBe(
      '11\u00a0% of the numbers kept: DiffStride’s error 19\u00a0%, every third pixel’s 27\u00a0%, max pooling’s 36\u00a0%.',
    );
    const corner = async (label: RegExp) => {
      const { data } = await pixelsOf(page, label, 20);
      const reds = data.filter((_, i) => i % 4 === 0);
      return Math.max(...reds) - Math.min(...reds);
    };
    expect(await corner(/^Rings, after DiffStride/)).toBeLessThan(30);
    expect(await corner(/^Rings, after every third/)).toBeGreaterThan(50);
  });

  it('explains a slider when it is asked to', async () => {
    await opened();
    const slider = page.getByRole('slider', { name: 'Stride down' });
    const text = page.getByText('Input pixels for each output pixel along the height.');
    expect(await text.isVisible()).toBe(false);
    const row = page.locator('.slider').filter({ has: slider });
    await row.getByRole('button', { name: 'Explain' }).click();
    expect(await text.isVisible()).toBe(true);
    expect(await slider.getAttribute('aria-describedby')).toBe(await text.getAttribute('id'));
    expect(await page.locator('[title]').count()).toBe(0);
  });

  async function errorInNode(picture: Pixels) {
    await useBackend('wasm');
    return tf.tidy(() => {
      const x = imageOf(picture);
      const low = diffStride(x, tf.tensor1d([2, 4]), {
        smoothness: 4,
        norm: 'forward',
        cropping: false,
      });
      return 100 * tf.norm(tf.sub(x, low)).div(tf.norm(x)).dataSync()[0]!;
    });
  }

  it('takes a picture of the reader’s, and tells of a file that is none', async () => {
    await opened();
    const background = { r: 200, g: 40, b: 90 };
    const buffer = await sharp({ create: { width: 300, height: 700, channels: 3, background } })
      .png()
      .toBuffer();
    const file = page.getByLabel('Your picture', { exact: true });
    await file.setInputFiles({ name: 'mine.png', mimeType: 'image/png', buffer });
    await expect.poll(() => firstPixel(page, PICTURE)).toEqual([200, 40, 90]);
    await expect.poll(() => firstPixel(page, POOLED)).toEqual([200, 40, 90]);
    const note = page.getByTestId('picture-note');
    expect(await note.textContent()).toBe(
      'Your picture has 300×700 pixels. The page uses its middle square of 300×300, scaled to ' +
        '512×512. It stays in your browser.',
    );
    await file.setInputFiles({
      name: 'broken.png',
      mimeType: 'image/png',
      buffer: Buffer.from('no picture'),
    });
    await page.getByRole('alert').getByText('could not be read as a picture').waitFor();
    // It goes on with the one before, and a good one takes the message away.
    expect(await firstPixel(page, PICTURE)).toEqual([200, 40, 90]);
    await page.getByRole('button', { name: 'Cloth', exact: true }).click();
    await expect.poll(() => page.getByRole('alert').count()).toBe(0);
    await page.getByRole('button', { name: 'Camera', exact: true }).click();
    await page.getByRole('alert').getByText('The camera could not be used').waitFor();
    expect(complaints).toEqual([]);
  });

  it('has no error for a black picture, and keeps the reader’s own over a reload', async () => {
    const options = { viewport: { width: 1280, height: 900 } };
    const own = await open(browser, built.address, options);
    const background = { r: 0, g: 0, b: 0 };
    const buffer = await sharp({ create: { width: 512, height: 512, channels: 3, background } })
      .png()
      .toBuffer();
    const file = own.page.getByLabel('Your picture', { exact: true });
    await file.setInputFiles({ name: 'black.png', mimeType: 'image/png', buffer });
    await own.page.getByText(/kept, error 0\.0\s%/).waitFor({ timeout: 30_000 });
    await own.page.getByText(/error 0\.0\s%\. One pixel of each region/).waitFor();
    expect(await own.page.getByText('NaN').count()).toBe(0);
    await own.page.waitForURL(/picture=own/);
    await own.page.reload();
    await expect.poll(() => firstPixel(own.page, PICTURE)).toEqual([0, 0, 0]);
    // Nobody else has it: the same link elsewhere shows a picture of the page, and says which.
    const other = await open(browser, own.page.url(), options);
    const tiles = other.page.getByRole('button', { name: 'Tiles and balls', exact: true });
    expect(await tiles.getAttribute('aria-pressed')).toBe('true');
    expect([...own.complaints, ...other.complaints]).toEqual([]);
    await own.page.context().close();
    await other.page.context().close();
  });

  it('opens the camera once, and ends it after a shot', async () => {
    const context = await browser.newContext({ permissions: ['camera'] });
    const own = await context.newPage();
    await own.addInitScript(() => {
      const all: MediaStreamTrack[] = [];
      Object.assign(globalThis, { tracks: all });
      const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
      navigator.mediaDevices.getUserMedia = async (wanted) => {
        const stream = await ask(wanted);
        all.push(...stream.getTracks());
        return stream;
      };
    });
    await own.goto(built.address);
    const states = () =>
      own.evaluate(() =>
        (globalThis as unknown as { tracks: MediaStreamTrack[] }).tracks.map(
          ({ readyState }) => readyState,
        ),
      );
    const camera = own.getByRole('button', { name: 'Camera', exact: true });
    await camera.click();
    await own.getByRole('button', { name: 'Take it' }).waitFor();
    expect(await camera.isDisabled()).toBe(true);
    expect(await states()).toEqual(['live']);
    // A video without a frame has no picture.
    await own.getByLabel('Camera preview').evaluate((video: HTMLVideoElement) => {
      Object.assign(globalThis, { kept: video.srcObject });
      video.srcObject = null;
    });
    await own.getByRole('button', { name: 'Take it' }).click();
    await own.getByRole('alert').getByText('The camera shows no picture yet.').waitFor();
    await own.getByLabel('Camera preview').evaluate(async (video: HTMLVideoElement) => {
      video.srcObject = (globalThis as unknown as { kept: MediaStream }).kept;
      await new Promise((resolve) => video.addEventListener('loadeddata', resolve));
    });
    await own.getByRole('button', { name: 'Take it' }).click();
    await own.waitForURL(/picture=own/);
    await expect.poll(states).toEqual(['ended']);
    expect(await camera.isDisabled()).toBe(false);
    await context.close();
  });

  it('shows a picture of the page where a browser blocks the data of sites', async () => {
    const context = await browser.newContext();
    const own = await context.newPage();
    await own.addInitScript(() => {
      Object.defineProperty(globalThis, 'sessionStorage', {
        get() {
          throw new DOMException('The operation is insecure.', 'SecurityError');
        },
      });
    });
    await own.goto(`${built.address}#picture=own`);
    const tiles = own.getByRole('button', { name: 'Tiles and balls', exact: true });
    expect(await tiles.getAttribute('aria-pressed')).toBe('true');
    // The reader's picture is used all the same.
    const buffer = await sharp({
      create: { width: 9, height: 9, channels: 3, background: { r: 0, g: 0, b: 200 } },
    })
      .png()
      .toBuffer();
    const file = own.getByLabel('Your picture', { exact: true });
    await file.setInputFiles({ name: 'blue.png', mimeType: 'image/png', buffer });
    await expect.poll(() => firstPixel(own, PICTURE)).toEqual([0, 0, 200]);
    await own.waitForURL(/picture=own/);
    expect(await own.getByRole('alert').count()).toBe(0);
    await context.close();
  });

  it('pools between whole strides', async () => {
    await opened();
    await page.locator('#between').scrollIntoViewIfNeeded();
    const strides = () => page.locator('#between figcaption b').allTextContents();
    const shown = ['Stride 2', 'Stride 2.37', 'Stride 3'];
    await expect.poll(strides, { timeout: 30_000 }).toEqual(shown);
    const original = await pixelsOf(page, PICTURE);
    const small = await pixelsOf(page, 'Your picture at a stride of 2.37');
    // 2·ceil(4 + 512/4.74)
    expect([original.width, small.width, small.height]).toEqual([512, 226, 226]);
    await setSlider(page, 'Stride, both axes', 3);
    await expect.poll(strides).toEqual(['Stride 3']);
    expect(complaints).toEqual([]);
  });

  it('learns: loss falls and strides move; it pauses, goes on, and begins anew', async () => {
    await opened();
    await page.locator('#learn').scrollIntoViewIfNeeded();
    const status = page.getByTestId('learn-status');
    await expect.poll(() => status.textContent(), { timeout: 30_000 }).toMatch(/^step 0 of \d+/);
    const left = page.getByTestId('run-left');
    const lossOf = async () => number(await left.getByTestId('loss').textContent());
    const stridesOf = () => left.getByTestId('strides').textContent();
    expect(await stridesOf()).toBe('3.00×3.00, 2.00×2.00');
    await page.getByRole('button', { name: 'One step' }).click();
    await expect.poll(() => status.textContent()).toMatch(/^step 1 of/);
    const first = await lossOf();
    await page.getByRole('button', { name: 'Start' }).click();
    const stepNow = async () =>
      number(/step (\d+)/.exec((await status.textContent()) ?? '')?.[1] ?? '0');
    await expect.poll(stepNow, { timeout: 40_000 }).toBeGreaterThan(30);
    await page.getByRole('button', { name: 'Pause' }).click();
    // A step that had begun is still made; none comes after it.
    let paused: string | null = null;
    const rests = async () => {
      const before = paused;
      paused = await status.textContent();
      return paused === before;
    };
    await expect.poll(rests, { interval: 400 }).toBe(true);
    expect(await lossOf()).toBeLessThan(first);
    expect(await stridesOf()).not.toBe('3.00×3.00, 2.00×2.00');
    // Strided convolutions keep theirs.
    expect(await page.getByTestId('run-right').getByTestId('strides').textContent()).toBe(
      '3.00×3.00, 2.00×2.00',
    );
    // One scale: a map of 16 values and one of 6 are as large.
    const sizes = await page
      .locator('.maps canvas')
      .evaluateAll((all) => [...new Set(all.map((map) => Math.round(map.clientWidth)))]);
    expect(sizes).toHaveLength(1);
    expect(sizes[0]).toBeGreaterThan(50);
    await page.getByRole('button', { name: 'Start' }).click();
    await expect.poll(() => status.textContent()).not.toBe(paused);
    await page.getByRole('button', { name: 'Reset' }).click();
    await expect.poll(() => status.textContent(), { timeout: 20_000 }).toMatch(/^step 0 of/);
    expect(await page.getByRole('img', { name: /^DiffStride says/ }).count()).toBe(1);
    const names = await page.locator('.bars > .hint').allTextContents();
    expect(names).toEqual(['DiffStride', 'Strided convolution']);
    expect(complaints).toEqual([]);
  });

  it('runs again after its last step', async () => {
    await opened();
    await page.locator('#learn').scrollIntoViewIfNeeded();
    // Small maps, so that the last step comes soon.
    await setSlider(page, 'stride 1', 4);
    await setSlider(page, 'stride 2', 4);
    const status = page.getByTestId('learn-status');
    await page.getByTestId('run-right').getByText('4.00×4.00, 4.00×4.00').waitFor();
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await status.getByText('Finished: step 456 of 456').waitFor({ timeout: 60_000 });
    // It finishes with the test after the last epoch.
    expect(
      await page
        .getByTestId('run-left')
        .getByText(/\/ \d+\.\d\s%/)
        .count(),
    ).toBe(1);
    expect(await page.getByTestId('learn-announcement').textContent()).toBe(
      'The training has finished.',
    );
    await page.getByRole('button', { name: 'Run again' }).click();
    await status.getByText(/^step [1-9]\d* of 456/).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await setSlider(page, 'stride 1', 3);
    await setSlider(page, 'stride 2', 2);
    await status.getByText(/^step 0 of/).waitFor();
    expect(complaints).toEqual([]);
  }, 90_000);

  it('says how much work a network does, and compares at equal work', async () => {
    await opened();
    await page.locator('#learn').scrollIntoViewIfNeeded();
    const workOf = async (side: string) => {
      const text = await page.getByTestId(`run-${side}`).getByTestId('work').textContent();
      return number(text);
    };
    expect((await workOf('left')) / (await workOf('right'))).toBeGreaterThan(4);
    await page.getByLabel(/^Equal work/).check();
    await expect
      .poll(async () => (await workOf('left')) / (await workOf('right')), { timeout: 30_000 })
      .toBeLessThan(1.3);
    expect(await page.getByTestId('run-right').getByTestId('strides').textContent()).toBe(
      '1.00×1.00, 2.00×2.00',
    );
    await page.getByLabel(/^Equal work/).uncheck();
    expect(complaints).toEqual([]);
  });

  it('trains networks at prices of work, and stops', async () => {
    await opened();
    await page.locator('#work').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Train eight networks' }).click();
    const status = page.getByTestId('work-status');
    await status.getByText(/λ 0: step [1-9]/).waitFor({ timeout: 40_000 });
    const first = page.locator('#work tbody tr').first();
    expect(number(await first.locator('td').nth(1).textContent())).toBeGreaterThan(0.5);
    await page.locator('#work').getByRole('button', { name: 'Stop' }).click();
    await page.getByRole('button', { name: 'Train eight networks' }).waitFor();
    const stopped = await first.textContent();
    await page.waitForTimeout(500);
    expect(await first.textContent()).toBe(stopped);
    expect(complaints).toEqual([]);
  });

  it('shifts a digit with the keys, and shows what networks make of it', async () => {
    await opened();
    await page.locator('#shift').scrollIntoViewIfNeeded();
    await page.getByText(/DiffStride sees \d/).waitFor({ timeout: 30_000 });
    const at = page.getByTestId('shifted');
    await at.focus();
    for (const key of ['ArrowRight', 'ArrowRight', 'ArrowUp']) await page.keyboard.press(key);
    expect(await page.getByTestId('moved').textContent()).toBe('-1 down, 2 right');
    const box = (await at.boundingBox())!;
    await page.mouse.move(box.x + 50, box.y + 50);
    await page.mouse.down();
    await page.mouse.move(box.x + 50, box.y + 50 + (3 * box.height) / 32);
    await page.mouse.up();
    expect(await page.getByTestId('moved').textContent()).toBe('2 down, 2 right');
    // The map at rest is dark in the middle: no shift, no change.
    const map = await pixelsOf(page, /^Strided convolution: mean change/);
    const middle = 4 * (6 * 13 + 6);
    expect([...map.data.slice(middle, middle + 3)]).toEqual([18, 24, 32]);
    expect(await page.locator('#shift svg path[stroke]').count()).toBeGreaterThanOrEqual(8);
    expect(complaints).toEqual([]);
  });

  it('hears a digit, also when it is shifted, from a file and from the microphone', async () => {
    await opened();
    await page.locator('#hear').scrollIntoViewIfNeeded();
    const seven = page.getByRole('button', { name: 'A spoken 7' });
    await seven.click();
    const names = Object.keys(cards).filter((name) => name.startsWith('spoken-digits-'));
    for (const name of names) {
      const one = page.getByTestId(name);
      await one.waitFor({ timeout: 60_000 });
      const wanted = await heardInNode(name as SoundWeightsName, '7_jackson_0.wav');
      expect(await one.locator('th').allTextContents()).toEqual(wanted.map(({ shift }) => shift));
      expect(await one.locator('td').allTextContents()).toEqual(wanted.map(({ cell }) => cell));
      const [rest] = wanted.filter(({ shift }) => shift === '0');
      expect(await one.locator('strong').textContent()).toBe(rest!.digit);
      const changed = wanted.filter(({ digit }) => digit !== rest!.digit).length;
      await one.getByText(`${changed} of 6 shifts change the digit.`).waitFor();
      expect(await one.locator('td.changed').count()).toBe(changed);
    }
    expect(await seven.getAttribute('aria-pressed')).toBe('true');
    const diffstride = page.getByTestId('spoken-digits-diffstride');
    await diffstride.getByRole('img', { name: /^Probabilities: .*5: 3\s%.*7: 95\s%/ }).waitFor();
    expect(await diffstride.locator('.strides').textContent()).toBe(
      '1.86×1.96, 2.10×2.00, 1.09×1.95, 4.30×1.81',
    );
    const heads = await page.locator('#hear h3').allTextContents();
    expect(heads).toEqual(['DiffStride', 'Strided convolution']);
    const spectrogram = () => pixelsOf(page, /^Log-mel spectrogram/);
    const example = await spectrogram();
    expect([example.width, example.height]).toEqual([98, 64]);
    const record = page.getByRole('button', { name: 'Record a second' });
    await record.click();
    const alert = page.locator('#hear').getByRole('alert');
    await alert.getByText('The microphone is not allowed.').waitFor();
    await page.context().grantPermissions(['microphone']);
    await record.click();
    // The browser's own sound is a beep.
    const isOther = async () => Buffer.compare((await spectrogram()).data, example.data) !== 0;
    await expect.poll(isOther, { timeout: 15_000 }).toBe(true);
    expect(await alert.count()).toBe(0);
    expect(await seven.getAttribute('aria-pressed')).toBe('false');
    expect(complaints).toEqual([]);
  }, 120_000);

  /** The cells of a network's table, of a recording that zeros at one end shift in its window. */
  async function heardInNode(name: SoundWeightsName, file: string) {
    await useBackend('wasm');
    const { model, classify } = await loadWeights(name);
    const folder = new URL('../public/sounds/', import.meta.url);
    const { channels, sampleRate } = decodeWav(await readFile(new URL(file, folder)), file);
    const cells = [];
    for (const shift of ['−60', '−40', '−20', '0', '+20', '+40', '+60']) {
      const zeros = Array(2 * Number(shift.slice(1)) * (sampleRate / 1000)).fill(0);
      const [before, behind] = shift.startsWith('−') ? [[], zeros] : [zeros, []];
      const [digit] = await classify(
        Float32Array.from([...before, ...channels[0]!, ...behind]),
        sampleRate,
      );
      const [best] = digit!.classes;
      const cell = `${best!.name}${(100 * best!.probability).toFixed(0)}\u00a0%`;
      cells.push({ shift, digit: best!.name, cell });
    }
    model.dispose();
    return cells;
  }

  it('sees a picture, and the same under shifts by a pixel', async () => {
    await opened();
    await page.locator('#see').scrollIntoViewIfNeeded();
    const names = Object.keys(cards).filter((name) => name.startsWith('cifar10-'));
    for (const name of names) {
      const one = page.getByTestId(name);
      await one.waitFor({ timeout: 30_000 });
      expect(await one.locator('ol li').count()).toBe(3);
      expect(await one.locator('td').count()).toBe(9);
    }
    // A picture of one colour is the same after every shift.
    const background = { r: 90, g: 140, b: 220 };
    const buffer = await sharp({ create: { width: 60, height: 40, channels: 3, background } })
      .png()
      .toBuffer();
    const file = page.getByLabel('A photo or drawing to classify');
    await file.setInputFiles({ name: 'sky.png', mimeType: 'image/png', buffer });
    await expect.poll(() => firstPixel(page, /^The picture as the/)).toEqual([90, 140, 220]);
    for (const name of names) {
      const cells = () => page.getByTestId(name).locator('td').allTextContents();
      await expect.poll(async () => new Set(await cells()).size).toBe(1);
      await page.getByTestId(name).getByText('0 of 8 shifts').waitFor();
    }
    await page.locator('#see').getByText('The middle square of your picture of 60×40').waitFor();
    // DiffStride and the strided convolution stand first, with their work.
    const heads = await page.locator('#see h3').allTextContents();
    expect(heads.slice(0, 2)).toEqual(['DiffStride', 'Strided convolution']);
    await page.getByTestId('cifar10-resnet18-diffstride').getByText('70 million').waitFor();
    await page.locator('#see').getByRole('button', { name: 'Draw', exact: true }).click();
    const sheet = (await page.getByRole('img', { name: 'A sheet to draw on' }).boundingBox())!;
    await page.mouse.move(sheet.x + 8, sheet.y + 8);
    await page.mouse.down();
    await page.mouse.move(sheet.x + 200, sheet.y + 8, { steps: 4 });
    await page.mouse.up();
    // The pen is blue.
    const isDrawn = async () => {
      const [red, , blue] = await firstPixel(page, /^The picture as the/);
      return red! < 200 && blue! > red!;
    };
    await expect.poll(isDrawn).toBe(true);
    await file.setInputFiles({ name: 'a.png', mimeType: 'image/png', buffer: Buffer.from('no') });
    await page.locator('#see').getByText('could not be read as a picture').waitFor();
    expect(complaints).toEqual([]);
  });

  it('draws the mask of a span as it is', async () => {
    await opened();
    await page.locator('#spans').scrollIntoViewIfNeeded();
    const weights = () => pixelsOf(page, /^Attention weights/);
    await expect.poll(async () => (await weights()).width, { timeout: 30_000 }).toBe(64);
    await setSlider(page, 'z, span', 4);
    // With z + R = 12 the last position reads at most twelve back: before them all is background.
    await expect
      .poll(async () => {
        const { data } = await weights();
        return Array.from({ length: 64 }, (_, k) => data[4 * (63 * 64 + k)]! > 18).indexOf(true);
      })
      .toBeGreaterThanOrEqual(64 - 13);
    expect(complaints).toEqual([]);
  });

  it('counts what the masks of kernels, widths and depths keep', async () => {
    await opened();
    await page.locator('#sizes').scrollIntoViewIfNeeded();
    const text = page.getByTestId('sizes');
    await text.getByText('5×5 taps, 14 channels and 5 blocks').waitFor({ timeout: 30_000 });
    await setSlider(page, 'Kernel size', 3);
    // 3²·14·5 of 11²·24·8
    await text.getByText('3×3 taps, 14 channels and 5 blocks: 2.7 %').waitFor();
    expect(complaints).toEqual([]);
  });

  it('measures this device, and says what it cannot', async () => {
    await opened();
    await page.locator('#device').scrollIntoViewIfNeeded();
    await page.getByRole('button', { name: 'Measure this device' }).click();
    const table = page.locator('#device table');
    await expect.poll(() => table.locator('thead th').count(), { timeout: 60_000 }).toBe(4);
    const wasm = await table.locator('tbody tr td:nth-of-type(1)').allTextContents();
    expect(wasm).toHaveLength(5);
    for (const time of wasm) expect(number(time)).toBeGreaterThan(0);
    expect(complaints.filter((text) => !/WebGL|webgl/.test(text))).toEqual([]);
  }, 90_000);
});
