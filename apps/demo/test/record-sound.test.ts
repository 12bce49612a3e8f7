import { afterEach, expect, it, vi } from 'vitest';
import { recordSound } from '../src/panels/record-sound.js';

afterEach(() => vi.unstubAllGlobals());

it.each([
  [undefined, 'This page is not secure, so it may not use a microphone. Open it by https'],
  ['NotAllowedError', 'The microphone is not allowed. Allow it for this page in the browser'],
  ['NotFoundError', 'No microphone was found. Connect one, or take a recording of the page.'],
  ['NotReadableError', 'The microphone could not be used: in use.'],
])('says why it cannot record: %s', async (name, message) => {
  const getUserMedia = () => Promise.reject(new DOMException('in use', name));
  vi.stubGlobal('navigator', { mediaDevices: name === undefined ? undefined : { getUserMedia } });
  await expect(recordSound(1, () => {})).rejects.toThrow(message);
});
