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

/** A microphone that tells its only track's state. */
function microphone() {
  const track = Object.assign(new EventTarget(), { stop: vi.fn() });
  const stream = { getTracks: () => [track] };
  vi.stubGlobal('navigator', { mediaDevices: { getUserMedia: async () => stream } });
  vi.stubGlobal('document', { baseURI: 'http://page/' });
  return track;
}

/** What records, without a sound. */
class SilentContext {
  sampleRate = 8000;
  audioWorklet = { addModule: async () => {} };
  close = async () => {};
  createMediaStreamSource = () => ({ connect: () => {} });
}

it('turns the microphone off when the browser cannot record', async () => {
  const track = microphone();
  vi.stubGlobal(
    'AudioContext',
    class {
      constructor() {
        throw new Error('too many contexts');
      }
    },
  );
  await expect(recordSound(1, () => {})).rejects.toThrow('too many contexts');
  expect(track.stop).toHaveBeenCalledOnce();
});

it('says when the microphone is lost while it records', async () => {
  const track = microphone();
  vi.stubGlobal('AudioContext', SilentContext);
  vi.stubGlobal(
    'AudioWorkletNode',
    class {
      port = {};
    },
  );
  const lose = () => setTimeout(() => track.dispatchEvent(new Event('ended')));
  await expect(recordSound(1, lose)).rejects.toThrow('The microphone was lost.');
  expect(track.stop).toHaveBeenCalledOnce();
});
