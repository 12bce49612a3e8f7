import { SERIES } from '@ds/palette';
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { heatColor } from '../ui/heat-scale.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { Problem } from '../ui/problem.js';
import { startWeights, weightsLink } from '../ui/weights-link.js';
import { messageOf } from '../ui/worker-link.js';
import type { Heard } from '../workers/hear-api.js';
import type { Picture } from '../workers/image-bytes.js';
import { recordSound } from './record-sound.js';

/** Length of a recording, which is the network's window. */
const SECONDS = 1;

const heard = signal<Heard | null>(null);
const status = signal<'ready' | 'asking' | 'speak' | 'computing'>('ready');
const error = signal<string | null>(null);

const STATUS: Record<typeof status.value, string> = {
  ready: 'Say an English digit, from zero to nine.',
  asking: 'Waiting for the microphone …',
  speak: 'Speak now.',
  computing: 'Computing …',
};

async function hear(get: () => Promise<Heard>): Promise<void> {
  try {
    heard.value = await get();
    error.value = null;
  } catch (reason) {
    error.value = messageOf(reason);
  } finally {
    status.value = 'ready';
  }
}

const record = () =>
  hear(async () => {
    status.value = 'asking';
    const started = startWeights();
    // The recording comes first, and so may its error. This one is awaited afterwards.
    started.catch(() => {});
    const { samples, sampleRate } = await recordSound(SECONDS, () => {
      status.value = 'speak';
    });
    status.value = 'computing';
    await started;
    return weightsLink.call((apis) => apis.hear.hear(samples, sampleRate));
  });

const example = () =>
  hear(async () => {
    status.value = 'computing';
    const response = await fetch('./sounds/seven.wav');
    if (!response.ok) throw new Error(`The example could not be loaded (${response.status}).`);
    const bytes = new Uint8Array(await response.arrayBuffer());
    await startWeights();
    return weightsLink.call((apis) => apis.hear.hearFile(bytes));
  });

/** A recording of a second, its spectrogram, and the digit that a trained network hears. */
export function HearPanel() {
  const isBusy = status.value !== 'ready';
  return (
    <>
      <Problem text={error.value} />
      <div class="row">
        <button type="button" disabled={isBusy} onClick={record}>
          Record a second
        </button>
        <button type="button" class="plain" disabled={isBusy} onClick={example}>
          Hear the example, a spoken seven
        </button>
        <span class="hint" role="status" data-testid="hear-status">
          {STATUS[status.value]}
        </span>
      </div>
      {heard.value && <HeardSound heard={heard.value} />}
    </>
  );
}

function HeardSound({
  heard: { tasks, spectrogram, frames, bands, strides, testAccuracy },
}: {
  heard: Heard;
}) {
  const picture = useMemo(
    () => spectrogramPicture(spectrogram, frames, bands),
    [spectrogram, frames, bands],
  );
  const [digit] = tasks;
  const best = digit!.classes[0]!;
  const inOrder = digit!.classes.toSorted((a, b) => Number(a.name) - Number(b.name));
  const inWords = inOrder.map(({ name, probability }) => `${name}: ${percent(probability)}`);
  return (
    <div class="pair">
      <figure>
        <PictureCanvas
          picture={picture}
          label="Log-mel spectrogram: time from left to right, frequency from low to high"
          shownAspect={2}
        />
        <figcaption>
          The network’s input: {frames} frames of 25 ms, {bands} mel bands up to 4 kHz. The sound is
          resampled to 8 kHz. Bright is loud.
        </figcaption>
      </figure>
      <div>
        <p>
          It hears <strong data-testid="heard-digit">{best.name}</strong>, with a probability of{' '}
          {percent(best.probability)}.
        </p>
        <div class="bars ten" role="img" aria-label={`Probabilities: ${inWords.join(', ')}`}>
          {inOrder.map(({ name, probability }) => (
            <span key={name} class="bar">
              <span
                class="fill"
                style={{ height: `${100 * probability}%`, background: SERIES[0] }}
              />
              <b>{name}</b>
            </span>
          ))}
        </div>
        <p class="hint">
          Learned strides of its four poolings, time × frequency:{' '}
          <span data-testid="heard-strides">
            {strides
              .map(([time, frequency]) => `${time.toFixed(2)}×${frequency.toFixed(2)}`)
              .join(', ')}
          </span>
          . All began at 2×2.
        </p>
        <p class="hint">
          It was trained on 2,700 recordings of six speakers, and hears {percent(testAccuracy)} of
          their other recordings right. Every sound is one of ten digits to it. The recording stays
          in your browser.
        </p>
      </div>
    </div>
  );
}

/** The spectrogram as a picture, with low frequencies at the bottom. */
function spectrogramPicture(values: Float32Array, frames: number, bands: number): Picture {
  const data = new Uint8ClampedArray(4 * values.length);
  for (let frame = 0; frame < frames; frame++) {
    for (let band = 0; band < bands; band++) {
      // Values are standardised: most lie between −1.5 and 2.5.
      const color = heatColor((values[frame * bands + band]! + 1.5) / 4);
      data.set([...color, 255], 4 * ((bands - 1 - band) * frames + frame));
    }
  }
  return { width: frames, height: bands, data };
}
