import {
  decodeWav,
  type HeardTask,
  heardTasks,
  prepareSound,
  resampleSound,
  type SoundInput,
  toMono,
} from '@ds/data/audio';
import { type Tensor, tensor4d, tidy } from '@tensorflow/tfjs-core';
import { SHIFTS } from './heard-shifts.js';
import type { PageBackend } from './page-backends.js';
import { startBackend } from './tfjs.js';

/** What a network hears in a sound, and in the sound at each shift. */
export interface HeardBy {
  name: string;
  pooling: string;
  /** The strides of each pooling, along time and along frequency. */
  strides: [number, number][];
  /** Share of test digits that are right. */
  testAccuracy: number;
  /** Multiply-adds for one sound. */
  macs: number;
  /** The digits by their probability. */
  digits: HeardTask['classes'];
  /** The most probable digit after each of {@link SHIFTS}. */
  shifted: { name: string; probability: number }[];
}

/** What the networks see of a sound, and what they hear. */
export interface Heard {
  /** The standardised log-mel spectrogram, `[frames, bands]`. */
  spectrogram: Float32Array;
  frames: number;
  bands: number;
  networks: HeardBy[];
}

async function load() {
  const { cards, loadWeights } = await import('@ds/weights');
  const names = Object.keys(cards).filter((name) => name.startsWith('spoken-digits-'));
  return Promise.all(names.map((name) => loadWeights(name as 'spoken-digits-diffstride')));
}

/** Every network for spoken digits that `@ds/weights` has. They load with the first sound. */
let networks: ReturnType<typeof load> | null = null;

function loaded(): ReturnType<typeof load> {
  networks ??= load().catch((error) => {
    networks = null;
    throw error;
  });
  return networks;
}

export const hearApi = {
  start: (backend: PageBackend) => startBackend(backend),

  /** Loads the networks, before the first sound. */
  async load(): Promise<void> {
    await loaded();
  },

  /** Classifies samples of one channel at each shift, prepared as the model cards say. */
  async hear(samples: Float32Array, sampleRate: number): Promise<Heard> {
    const all = await loaded();
    const heard: HeardBy[] = [];
    for (const { model, input, card } of all) {
      const { values, shape } = windowsOf(samples, sampleRate, input);
      const outputs = tidy(() => [model.predict(tensor4d(values, shape)) as Tensor[]].flat());
      const logits = await Promise.all(outputs.map((output) => output.data()));
      for (const output of outputs) output.dispose();
      const digits = SHIFTS.map((_, window) => {
        const ofWindow = logits.map((ofShifts) => {
          const classes = ofShifts.length / SHIFTS.length;
          return ofShifts.slice(window * classes, (window + 1) * classes);
        });
        return heardTasks(ofWindow, input).find(({ task }) => task === 'digit')!.classes;
      });
      heard.push({
        name: card.name,
        pooling: card.network.pooling ?? 'diffstride',
        strides: Object.values(card.strides),
        testAccuracy: card.results.taskAccuracies!.digit!,
        macs: card.macs,
        digits: digits[SHIFTS.indexOf(0)]!,
        shifted: digits.map(([best]) => best!),
      });
    }
    const { values, shape } = windowsOf(samples, sampleRate, all[0]!.input);
    const [, frames, bands] = shape;
    const rest = SHIFTS.indexOf(0) * frames * bands;
    const spectrogram = values.slice(rest, rest + frames * bands);
    return { spectrogram, frames, bands, networks: heard };
  },

  /** Classifies a WAV file. */
  hearFile(bytes: Uint8Array): Promise<Heard> {
    const sound = decodeWav(bytes, 'the recording');
    return this.hear(toMono(sound), sound.sampleRate);
  },
};

/**
 * The networks' input at each shift: [shifts, frames, bands, 1]. The middle of the sound is in the
 * middle of the window at rest. Beyond the sound is silence.
 */
function windowsOf(samples: Float32Array, sampleRate: number, input: SoundInput) {
  const rate = input.frontEnd.sampleRate;
  const sound = resampleSound(samples, sampleRate, rate);
  const length = Math.round(input.seconds * rate);
  const first = Math.floor((length - sound.length) / 2);
  const prepared = SHIFTS.map((shift) => {
    const window = new Float32Array(length);
    const start = first + Math.round((shift * rate) / 1000);
    window.set(
      sound.subarray(Math.max(0, -start), Math.max(0, length - start)),
      Math.max(0, start),
    );
    return prepareSound(window, rate, input);
  });
  const [, ...ofWindow] = prepared[0]!.shape;
  const size = prepared[0]!.values.length;
  const values = new Float32Array(SHIFTS.length * size);
  prepared.forEach((one, i) => {
    values.set(one.values, i * size);
  });
  return { values, shape: [SHIFTS.length, ...ofWindow] as [number, number, number, number] };
}
