import { adaptiveSpanAttention } from '@ds/masks';
import { adam, crossEntropy } from '@ds/train';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { useOwnBackend } from '../process/own-backend.js';
import {
  type Corpus,
  drawBatch,
  fixedBatch,
  type PositionKind,
  readCorpus,
  type TextBatch,
  windowStream,
} from './corpus.js';
import { type SpanModelOptions, spanModel, spansOf } from './span-model.js';
import { type SpanSaving, spanSaving } from './span-saving.js';

/** Options of the `spans` command. */
export interface SpanOptions extends Omit<SpanModelOptions, 'alphabet'> {
  /** Path of a text file. Default: the project's licence. */
  text?: string;
  steps: number;
  batch: number;
  learningRate: number;
  /** Factor on the spans' learning rate. Spans are in tokens and need larger steps. */
  spanLearningRateScale: number;
  signal?: AbortSignal;
  onStep?: (progress: SpanProgress) => void;
}

/** Measurements of one step. Losses are in bits per character, without the penalty. */
export interface SpanProgress {
  step: number;
  bits: number;
  /** Spans by layer and head, in tokens. */
  spans: number[][];
}

/** The result of the training. */
export interface SpanResult {
  corpus: string;
  alphabet: number;
  bits: { before: number; after: number };
  spans: number[][];
  /** Milliseconds of one attention at the last layer's spans, and with every span at maxSpan. */
  attention: { learned: number; full: number };
  /** What the spans save for one more character. */
  saving: SpanSaving;
  steps: number;
}

/** Trains a character model with adaptive attention spans on a text. */
export async function learnSpans(options: SpanOptions): Promise<SpanResult> {
  await useOwnBackend('wasm');
  const { window, batch, steps, seed, learningRate, spanLearningRateScale, positions } = options;
  const corpus = await readCorpus(options.text, window);
  const alphabet = corpus.alphabet.length;
  const model = spanModel({ ...options, alphabet });
  const weights = model.trainableWeights;
  const variables = weights.map((weight) => weight.read() as tf.Variable);
  const optimizer = adam();
  const random = windowStream(seed);
  const before = validationBits(model, corpus, window, positions);
  let done = 0;
  for (; done < steps && !options.signal?.aborted; done++) {
    const drawn = drawBatch(corpus.train, alphabet, { window, positions, batch, random });
    const bits = tf.tidy(() => {
      let fit: tf.Scalar | null = null;
      const { value, grads } = tf.variableGrads(() => {
        const loss = batchLoss(model, drawn, true);
        fit = tf.keep(loss);
        return tf.addN([loss, ...model.calculateLosses()]) as tf.Scalar;
      }, variables);
      if (!Number.isFinite(value.dataSync()[0]!)) {
        throw new Error(`spans: loss must stay finite, got ${value.dataSync()[0]} in step ${done}`);
      }
      const updates = variables.map((variable, i) => ({
        name: variable.name,
        value: variable,
        gradient: grads[variable.name]!,
        learningRate:
          learningRate * (weights[i]!.originalName.endsWith('span') ? spanLearningRateScale : 1),
      }));
      // Written through the layers' weights, which keeps the spans in [0, maxSpan].
      optimizer.step(updates).forEach((next, i) => {
        weights[i]!.write(next);
      });
      const kept = fit as unknown as tf.Scalar;
      const nats = kept.dataSync()[0]!;
      kept.dispose();
      return nats / Math.LN2;
    });
    tf.dispose([drawn.inputs, drawn.next]);
    options.onStep?.({ step: done, bits, spans: spansOf(model) });
    // Lets the event loop handle signals.
    await tf.nextFrame();
  }
  const spans = spansOf(model);
  const result: SpanResult = {
    corpus: corpus.name,
    alphabet,
    bits: { before, after: validationBits(model, corpus, window, positions) },
    spans,
    attention: attentionTimes(options, spans.at(-1)!),
    saving: spanSaving(spans, options),
    steps: done,
  };
  optimizer.dispose();
  model.dispose();
  return result;
}

/** Mean cross-entropy of the next character, in nats. */
function batchLoss(model: LayersModel, { inputs, next }: TextBatch, training: boolean) {
  const logits = model.apply(inputs, { training }) as tf.Tensor;
  const alphabet = next.shape[2];
  return crossEntropy(
    tf.reshape(logits, [-1, alphabet]),
    tf.reshape(next, [-1, alphabet]),
    0,
  ) as tf.Scalar;
}

function validationBits(
  model: LayersModel,
  corpus: Corpus,
  window: number,
  positions: PositionKind,
): number {
  return tf.tidy(() => {
    const fixed = fixedBatch(corpus.validation, corpus.alphabet.length, { window, positions });
    const nats = batchLoss(model, fixed, false).dataSync()[0]!;
    if (!Number.isFinite(nats)) {
      throw new Error(`spans: validation loss must be finite, got ${nats}`);
    }
    return nats / Math.LN2;
  });
}

const REPEATS = 15;

/** Median times of alternating forward passes, so that both see the same noise. */
function attentionTimes(options: SpanOptions, spans: number[]): SpanResult['attention'] {
  const { batch, heads, window, headSize, maxSpan, smoothness } = options;
  return tf.tidy(() => {
    const x = tf.randomNormal([batch, heads, window, headSize], 0, 1, 'float32', 1);
    const cases = [tf.tensor1d(spans), tf.fill([heads], maxSpan) as tf.Tensor1D];
    const times: number[][] = [[], []];
    for (let repeat = 0; repeat < REPEATS; repeat++) {
      cases.forEach((span, i) => {
        const start = performance.now();
        tf.tidy(() => {
          adaptiveSpanAttention(x, x, x, span, { maxSpan, smoothness });
        });
        times[i]!.push(performance.now() - start);
      });
    }
    const [learned, full] = times.map((list) => list.sort((a, b) => a - b)[REPEATS >> 1]!);
    return { learned: learned!, full: full! };
  }) as unknown as SpanResult['attention'];
}
