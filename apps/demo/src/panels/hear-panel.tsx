import { poolingColor } from '@ds/palette';
import { signal } from '@preact/signals';
import { useMemo } from 'preact/hooks';
import { heatColor } from '../ui/heat-scale.js';
import { pageFile } from '../ui/page-file.js';
import { percent } from '../ui/percent.js';
import { PictureCanvas } from '../ui/picture-canvas.js';
import { poolingName } from '../ui/pooling-name.js';
import { Problem } from '../ui/problem.js';
import { ShiftedCell } from '../ui/shifted-cell.js';
import { inShownOrder } from '../ui/shown-networks.js';
import { networksReady, weightsLink } from '../ui/weights-link.js';
import { messageOf } from '../ui/worker-link.js';
import type { Heard, HeardBy } from '../workers/hear-api.js';
import { SECONDS, SHIFTS } from '../workers/heard-shifts.js';
import type { Picture } from '../workers/image-bytes.js';
import { recordSound } from './record-sound.js';

/** The recordings of the page, by the digit in them. All are of the networks' test set. */
const RECORDINGS = [
  ['0', '0_lucas_0'],
  ['2', '2_george_0'],
  ['4', '4_nicolas_0'],
  ['5', '5_yweweler_0'],
  ['7', '7_jackson_0'],
  ['9', '9_theo_0'],
] as const;

const heard = signal<Heard | null>(null);
/** The digit of the recording that is heard. */
const chosen = signal<string | null>(null);
const status = signal<'ready' | 'asking' | 'speak' | 'computing'>('ready');
const error = signal<string | null>(null);

const STATUS: Record<typeof status.value, string> = {
  ready: 'Say an English digit, from zero to nine.',
  asking: 'Waiting for the microphone …',
  speak: 'Speak now.',
  computing: 'Computing …',
};

async function hear(digit: string | null, get: () => Promise<Heard>): Promise<void> {
  try {
    heard.value = await get();
    chosen.value = digit;
    error.value = null;
  } catch (reason) {
    error.value = messageOf(reason);
  } finally {
    status.value = 'ready';
  }
}

const record = () =>
  hear(null, async () => {
    status.value = 'asking';
    // The recording comes first, and so may its error. This one is reported afterwards.
    weightsLink.call(async () => {}).catch(() => {});
    const { samples, sampleRate } = await recordSound(SECONDS, () => {
      status.value = 'speak';
    });
    status.value = 'computing';
    await networksReady(({ hear }) => hear.load());
    return weightsLink.call((apis) => apis.hear.hear(samples, sampleRate));
  });

const hearRecording = (digit: string, name: string) =>
  hear(digit, async () => {
    status.value = 'computing';
    const file = await pageFile(`./sounds/${name}.wav`, 'The recording');
    const bytes = new Uint8Array(await file.arrayBuffer());
    await networksReady(({ hear }) => hear.load());
    return weightsLink.call((apis) => apis.hear.hearFile(bytes));
  });

/**
 * A recording of a second, its spectrogram, and the digits that the trained networks hear in it,
 * also when it is shifted in time.
 */
export function HearPanel() {
  const isBusy = status.value !== 'ready';
  return (
    <>
      <Problem text={error.value} />
      <div class="row">
        <button type="button" disabled={isBusy} onClick={record}>
          Record a second
        </button>
        <span class="hint" role="status" data-testid="hear-status">
          {STATUS[status.value]}
        </span>
      </div>
      <fieldset class="recordings">
        <legend>Or take a recording of the test set</legend>
        {RECORDINGS.map(([digit, name]) => (
          <button
            key={name}
            type="button"
            class="plain"
            aria-label={`A spoken ${digit}`}
            aria-pressed={chosen.value === digit}
            disabled={isBusy}
            onClick={() => hearRecording(digit, name)}
          >
            {digit}
          </button>
        ))}
      </fieldset>
      {heard.value && <HeardSound heard={heard.value} />}
    </>
  );
}

function HeardSound({ heard: { networks, spectrogram, frames, bands } }: { heard: Heard }) {
  const picture = useMemo(
    () => spectrogramPicture(spectrogram, frames, bands),
    [spectrogram, frames, bands],
  );
  return (
    <>
      <div class="input">
        <figure class="spectrogram">
          <PictureCanvas
            picture={picture}
            label="Log-mel spectrogram: time from left to right, frequency from low to high"
            shownAspect={2}
          />
          <figcaption>
            The networks’ input: {frames} frames of 25 ms, {bands} mel bands up to 4 kHz. The sound
            is resampled to 8 kHz. Bright is loud.
          </figcaption>
        </figure>
      </div>
      <div class="seen">
        {inShownOrder(networks).map((one) => (
          <HeardByNetwork key={one.name} heard={one} />
        ))}
      </div>
      <p class="hint">
        The networks were trained on 2,700 recordings of six speakers. Every sound is one of ten
        digits to them. Your recording stays in your browser.
      </p>
    </>
  );
}

/** A shift with its sign, as `−60`, `0` or `+60`. */
function signed(shift: number): string {
  return shift === 0 ? '0' : `${shift < 0 ? '−' : '+'}${Math.abs(shift)}`;
}

function HeardByNetwork({
  heard: { name, pooling, strides, testAccuracy, macs, digits, shifted },
}: {
  heard: HeardBy;
}) {
  const [best] = digits;
  const changed = shifted.filter((one) => one.name !== best!.name).length;
  const inOrder = digits.toSorted((a, b) => Number(a.name) - Number(b.name));
  const inWords = inOrder.map((one) => `${one.name}: ${percent(one.probability)}`);
  const color = poolingColor(pooling);
  return (
    <div data-testid={name} class="by" style={{ borderColor: color }}>
      <h3>{poolingName(pooling)}</h3>
      <p>
        It hears <strong>{best!.name}</strong>, with a probability of {percent(best!.probability)}.
      </p>
      <div class="bars ten" role="img" aria-label={`Probabilities: ${inWords.join(', ')}`}>
        {inOrder.map((one) => (
          <span key={one.name} class="bar">
            <span class="fill" style={{ height: `${100 * one.probability}%`, background: color }} />
            <b>{one.name}</b>
          </span>
        ))}
      </div>
      <table class="shifts in-time">
        <caption>Digit after a shift in ms (− earlier, + later)</caption>
        <thead>
          <tr>
            {SHIFTS.map((shift) => (
              <th key={shift} scope="col">
                {signed(shift)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          <tr>
            {shifted.map((one, i) => (
              <ShiftedCell key={SHIFTS[i]} prediction={one} atRest={best!.name} />
            ))}
          </tr>
        </tbody>
      </table>
      <p class="hint">
        {changed} of {SHIFTS.length - 1} shifts change the digit. {percent(testAccuracy)} of test
        recordings right, with {(macs / 1e6).toFixed(0)} million multiply-adds for a second. Strides
        of its four poolings, time × frequency:{' '}
        <span class="strides">
          {strides
            .map(([time, frequency]) => `${time.toFixed(2)}×${frequency.toFixed(2)}`)
            .join(', ')}
        </span>
        {pooling === 'diffstride' && '. All began at 2×2'}.
      </p>
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
