import { classifySound, decodeWav, type HeardTask, toMono } from '@ds/data/audio';
import type { Tensor } from '@tensorflow/tfjs-core';
import type { PageBackend } from './page-backends.js';
import { startBackend } from './tfjs.js';

/** What the network sees of a sound, and what it hears. */
export interface Heard {
  tasks: HeardTask[];
  /** The standardised log-mel spectrogram, `[frames, bands]`. */
  spectrogram: Float32Array;
  frames: number;
  bands: number;
  /** The learned strides of each pooling, along time and along frequency. */
  strides: [number, number][];
  /** Share of test digits that are right. */
  testAccuracy: number;
}

type Network = Awaited<ReturnType<typeof load>>;

/** Loads with the first sound. */
let network: Promise<Network> | null = null;

/** The network for spoken digits, and its model card. */
async function load() {
  const { loadWeights } = await import('@ds/weights');
  return loadWeights('spoken-digits-diffstride');
}

export const hearApi = {
  start: (backend: PageBackend) => startBackend(backend),

  /** Classifies samples of one channel, prepared as the network's model card says. */
  async hear(samples: Float32Array, sampleRate: number): Promise<Heard> {
    network ??= load();
    const { model, input, card } = await network.catch((error) => {
      network = null;
      throw error;
    });
    let spectrogram = new Float32Array(0);
    const tasks = await classifySound(
      (x) => {
        spectrogram = x.dataSync<'float32'>().slice();
        return model.predict(x) as Tensor[];
      },
      samples,
      sampleRate,
      input,
    );
    const bands = input.frontEnd.bands!;
    const frames = card.network.inputShape[0];
    return {
      tasks,
      spectrogram: spectrogram.subarray(0, frames * bands),
      frames,
      bands,
      strides: Object.values(card.strides),
      testAccuracy: card.results.taskAccuracies!.digit!,
    };
  },

  /** Classifies a WAV file. */
  hearFile(bytes: Uint8Array): Promise<Heard> {
    const sound = decodeWav(bytes, 'the recording');
    return this.hear(toMono(sound), sound.sampleRate);
  },
};
