import path from 'node:path';
import type { Batches } from '@ds/train';
import {
  dispose,
  nextFrame,
  sigmoid,
  softmax,
  type Tensor,
  type Tensor2D,
  tidy,
} from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import {
  CLASS_TEST_VERSION,
  type ClassTest,
  type ClassTestTask,
  type LabelDecisions,
  type Mistake,
} from './class-test.js';

/** One output of a network, and its classes. */
export interface TestedTask {
  name: string;
  classes: string[];
  /** Whether an example has any number of the classes. */
  multiLabel?: true;
}

/** An example as the network got it. */
export interface Example {
  /** Row-major, of the shape of the network's input. */
  values: Float32Array;
  /** Its file, if the examples come from files. */
  file: string | null;
}

/** Options of {@link runClassTest}. */
export interface ClassTestOptions {
  tasks: TestedTask[];
  /** Makes a `data:` URL of an example; `null` if there is none. */
  preview: (example: Example) => Promise<string | null>;
  /** Number of mistakes to keep for each task. */
  mistakes: number;
  /** The folder to which the names of files are relative. Default: none. */
  folder?: string;
  signal?: AbortSignal;
}

/** A mistake with its example, before the preview is made. */
interface Candidate {
  mistake: Omit<Mistake, 'preview'>;
  values: Float32Array;
}

/** The counts of a task so far. */
interface TaskCounts {
  /** Number of examples by true class × number of classes + predicted class. */
  pairs: Map<number, number>;
  decisions: LabelDecisions[];
  candidates: Candidate[];
}

/**
 * Predicts every example once, and counts the predictions by class. Keeps the wrong predictions of
 * the highest probability. Disposes of the batches.
 *
 * @throws the signal's reason if the signal comes before the last batch.
 */
export async function runClassTest(
  model: LayersModel,
  batches: Batches,
  options: ClassTestOptions,
): Promise<ClassTest> {
  const { tasks, mistakes, signal } = options;
  const counts = tasks.map(({ classes }) => newCounts(classes.length));
  let seen = 0;
  for await (const { images, labels, files } of batches) {
    const given = [labels].flat();
    try {
      signal?.throwIfAborted();
      const inputs = (await images.data()) as Float32Array;
      const size = inputs.length / images.shape[0]!;
      const rows = await rowsOf(model, images, given, tasks);
      for (const [at, { probabilities, truths }] of rows.entries()) {
        const { classes, multiLabel } = tasks[at]!;
        for (let row = 0; row < images.shape[0]!; row++) {
          const span = [row * classes.length, (row + 1) * classes.length] as const;
          const example = { example: seen + row, file: files?.[row] ?? null };
          const count = multiLabel ? countLabels : countClass;
          for (const wrong of count(
            counts[at]!,
            probabilities.subarray(...span),
            truths.subarray(...span),
          )) {
            keep(counts[at]!.candidates, mistakes, { ...example, ...wrong }, () =>
              inputs.slice(row * size, (row + 1) * size),
            );
          }
        }
      }
      seen += images.shape[0]!;
    } finally {
      dispose([images, ...given]);
    }
    await nextFrame();
  }
  const tested = counts.map((count, at) => taskOf(tasks[at]!, count, seen, options));
  return { version: CLASS_TEST_VERSION, tasks: await Promise.all(tested) };
}

function newCounts(classes: number): TaskCounts {
  return {
    pairs: new Map(),
    decisions: Array.from({ length: classes }, () => ({ examples: 0, found: 0, falseAlarms: 0 })),
    candidates: [],
  };
}

/** The probabilities and the labels of a batch for each output, row-major. */
async function rowsOf(model: LayersModel, x: Tensor, labels: Tensor2D[], tasks: TestedTask[]) {
  const outputs = tidy(() =>
    [model.predictOnBatch(x)]
      .flat()
      .map((logits, at) => (tasks[at]!.multiLabel ? sigmoid(logits) : softmax(logits as Tensor2D))),
  );
  try {
    return await Promise.all(
      outputs.map(async (output, at) => ({
        probabilities: (await output.data()) as Float32Array,
        truths: (await labels[at]!.data()) as Float32Array,
      })),
    );
  } finally {
    dispose(outputs);
  }
}

type Wrong = Pick<Mistake, 'truth' | 'predicted' | 'probability'>;

/** Counts an example of one class. Ties go to the first class, as in the accuracy. */
function countClass(
  { pairs }: TaskCounts,
  probabilities: Float32Array,
  truths: Float32Array,
): Wrong[] {
  const truth = largest(truths);
  const predicted = largest(probabilities);
  const pair = truth * truths.length + predicted;
  pairs.set(pair, (pairs.get(pair) ?? 0) + 1);
  if (predicted === truth) return [];
  return [{ truth, predicted, probability: probabilities[predicted]! }];
}

/** Counts an example with any number of labels. */
function countLabels(
  { decisions }: TaskCounts,
  probabilities: Float32Array,
  truths: Float32Array,
): Wrong[] {
  return decisions.flatMap((decision, label): Wrong[] => {
    const isGiven = truths[label]! > 0;
    const isFound = probabilities[label]! > 0.5;
    decision.examples += Number(isGiven);
    decision.found += Number(isGiven && isFound);
    decision.falseAlarms += Number(!isGiven && isFound);
    if (isGiven === isFound) return [];
    const probability = isFound ? probabilities[label]! : 1 - probabilities[label]!;
    return [{ truth: isGiven ? label : null, predicted: isFound ? label : null, probability }];
  });
}

function largest(values: Float32Array): number {
  return values.indexOf(Math.max(...values));
}

/** Keeps a mistake if it is among the most confident ones. */
function keep(
  candidates: Candidate[],
  most: number,
  mistake: Candidate['mistake'],
  valuesOf: () => Float32Array,
): void {
  const isFull = candidates.length >= most;
  if (isFull && !(mistake.probability > candidates.at(-1)!.mistake.probability)) return;
  if (isFull) candidates.pop();
  const after = candidates.findIndex((one) => one.mistake.probability < mistake.probability);
  const place = after < 0 ? candidates.length : after;
  candidates.splice(place, 0, { mistake, values: valuesOf() });
}

async function taskOf(
  { name, classes, multiLabel }: TestedTask,
  { pairs, decisions, candidates }: TaskCounts,
  count: number,
  { preview, folder }: ClassTestOptions,
): Promise<ClassTestTask> {
  const confusion = [...pairs]
    .sort(([a], [b]) => a - b)
    .map(([pair, examples]): [number, number, number] => [
      Math.floor(pair / classes.length),
      pair % classes.length,
      examples,
    ]);
  const mistakes = await Promise.all(
    candidates.map(async ({ mistake, values }) => ({
      ...mistake,
      file: nameOf(mistake.file, folder),
      probability: Number(mistake.probability.toFixed(4)),
      preview: await preview({ values, file: mistake.file }),
    })),
  );
  return { name, classes, count, confusion, ...(multiLabel && { decisions }), mistakes };
}

/** A file's name within a folder. It has the same form on every machine. */
function nameOf(file: string | null, folder: string | undefined): string | null {
  if (file === null || folder === undefined) return file;
  return path.relative(folder, file).split(path.sep).join('/');
}
