/** Samples of one channel in [−1, 1]. */
export interface Recording {
  samples: Float32Array;
  /** Hz. */
  sampleRate: number;
}

/**
 * Records from the microphone. The browser's echo cancellation, noise suppression and gain control
 * are off, since the networks heard sounds without them.
 *
 * @param onSpeak called when the recording begins.
 * @throws Error with a sentence for the reader, if there is no microphone or it may not be used.
 */
export async function recordSound(seconds: number, onSpeak: () => void): Promise<Recording> {
  if (!navigator.mediaDevices) {
    throw new Error(
      'This page is not secure, so it may not use a microphone. Open it by https or on localhost.',
    );
  }
  const stream = await navigator.mediaDevices
    .getUserMedia({
      audio: {
        channelCount: 1,
        echoCancellation: false,
        noiseSuppression: false,
        autoGainControl: false,
      },
    })
    .catch((error) => {
      throw new Error(reasonOf(error), { cause: error });
    });
  const ended = new Promise<never>((_, reject) => {
    const fail = () =>
      reject(new Error('The microphone was lost. Connect it or allow it again, and try again.'));
    for (const track of stream.getTracks()) track.addEventListener('ended', fail);
  });
  // It may end before anything waits for it.
  ended.catch(() => {});
  let context: AudioContext | null = null;
  try {
    context = new AudioContext();
    await context.audioWorklet.addModule(new URL('recorder.js', document.baseURI));
    const samples = new Float32Array(Math.round(seconds * context.sampleRate));
    const recorder = new AudioWorkletNode(context, 'recorder', { numberOfOutputs: 0 });
    const isFull = new Promise<void>((resolve) => {
      let filled = 0;
      recorder.port.onmessage = ({ data }: MessageEvent<Float32Array>) => {
        if (filled >= samples.length) return;
        samples.set(data.subarray(0, samples.length - filled), filled);
        filled += data.length;
        if (filled >= samples.length) resolve();
      };
    });
    context.createMediaStreamSource(stream).connect(recorder);
    onSpeak();
    await Promise.race([isFull, ended]);
    return { samples, sampleRate: context.sampleRate };
  } finally {
    for (const track of stream.getTracks()) track.stop();
    await context?.close();
  }
}

function reasonOf(error: DOMException): string {
  switch (error.name) {
    case 'NotAllowedError':
      return 'The microphone is not allowed. Allow it for this page in the browser, and try again.';
    case 'NotFoundError':
      return 'No microphone was found. Connect one, or take a recording of the page.';
    default:
      return `The microphone could not be used: ${error.message}.`;
  }
}
