import { describe, expect, it } from 'vitest';
import type { SharedPage } from '../shared-page.js';

export function describeCameraView(shared: SharedPage): void {
  describe('the camera', () => {
    it('opens the camera once, and ends it after a shot', async () => {
      const context = await shared.browser.newContext({ permissions: ['camera'] });
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
      await own.goto(shared.address);
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
  });
}
