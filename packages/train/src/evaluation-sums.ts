import type { Evaluation, NonFinitePrediction, TaskEvaluation } from './evaluation.js';
import {
  codeOfRow,
  firstNonFiniteRow,
  isUsable,
  type NonFiniteRow,
  rowOfCode,
} from './non-finite-row.js';
import { Ranking } from './ranking.js';
import type { ReplicaGroup } from './replica-group.js';
import { nonFiniteInput, type OutputShape, rightRows, unpackMeasures } from './step-measures.js';

/** The place of a shard: its batch, and its first image in the batch. */
export interface ShardPlace {
  batch: number;
  offset: number;
}

/**
 * Sums over images of one output: loss, right predictions, right ones among five, not finite ones.
 */
type TaskSums = [number, number, number, number];

/** The sums of an evaluation over the batches. */
export class EvaluationSums {
  #tasks: TaskSums[] = [];
  readonly #rankings = new Map<number, Ranking>();
  #count = 0;
  #nonFinite = 0;
  #first: NonFinitePrediction | null = null;

  constructor(private readonly replicas: ReplicaGroup | undefined) {}

  /** The number of images, over all replicas once they have exchanged their sums. */
  get count(): number {
    return this.#count;
  }

  /**
   * Makes room for this number of outputs. Call it for each batch before `add`, and also if the
   * shard is empty: all replicas must exchange rows of one length.
   */
  open(outputs: number): void {
    this.#tasks = Array.from({ length: outputs }, (_, task) => this.#tasks[task] ?? [0, 0, 0, 0]);
  }

  /** Adds a shard, from the packed measures of each output. */
  add(measures: Float32Array[], shapes: OutputShape[], { batch, offset }: ShardPlace): void {
    const size = shapes[0]![0];
    const spoiled = new Uint8Array(size);
    for (const [task, values] of measures.entries()) {
      const shape = shapes[task]!;
      const row = addTask(this.#tasks[task]!, values, shape, spoiled);
      if (shape[2] === 'binaryCrossEntropy' && !this.replicas) this.#rank(task, values, shape);
      if (row) this.#first ??= { ...row, image: row.image + offset, batch };
    }
    this.#nonFinite += spoiled.reduce((sum, value) => sum + value, 0);
    this.#count += size;
  }

  #rank(task: number, values: Float32Array, shape: OutputShape): void {
    const ranking = this.#rankings.get(task) ?? new Ranking(shape[1]);
    this.#rankings.set(task, ranking);
    ranking.add(values, shape);
  }

  /** Sums over the replicas, if there are any. Returns whether any of them stopped. */
  exchange(isStopped: boolean): boolean {
    const { replicas } = this;
    if (!replicas) return isStopped;
    this.#first = firstOfAll(this.#first, replicas);
    const own = [...this.#tasks.flat(), this.#nonFinite, this.#count, Number(isStopped)];
    const all = [...replicas.sum([own])];
    const [wrong, images, stops] = all.slice(-3) as [number, number, number];
    [this.#nonFinite, this.#count] = [wrong, images];
    this.#tasks = this.#tasks.map((_, task) => all.slice(4 * task, 4 * task + 4) as TaskSums);
    return stops > 0;
  }

  /**
   * The evaluation of all images, of which there must be one.
   *
   * @param files those of each batch, if they are known.
   */
  evaluation(files: (string[] | undefined)[]): Evaluation {
    const tasks = this.#tasks.map((sums, task) => this.#ofTask(sums, task));
    const ranked = tasks.filter((task) => task.auc !== undefined);
    const first = this.#first;
    const file = first ? files[first.batch]?.[first.image] : undefined;
    return {
      loss: mean(tasks, 'loss'),
      accuracy: mean(tasks, 'accuracy'),
      top5: mean(tasks, 'top5'),
      ...(ranked.length > 0 && {
        meanAveragePrecision: mean(ranked, 'meanAveragePrecision'),
        auc: mean(ranked, 'auc'),
      }),
      nonFinite: this.#nonFinite,
      count: this.#count,
      ...(first && { firstNonFinite: { ...first, ...(file !== undefined && { file }) } }),
      ...(tasks.length > 1 && { tasks }),
    };
  }

  #ofTask([loss, correct, inFive, wrong]: TaskSums, task: number): TaskEvaluation {
    return {
      loss: loss / this.#count,
      accuracy: correct / this.#count,
      top5: inFive / this.#count,
      nonFinite: wrong,
      ...this.#rankings.get(task)?.metrics,
    };
  }
}

/** The mean of a measure that all of these have. */
function mean(tasks: TaskEvaluation[], key: keyof TaskEvaluation): number {
  return tasks.reduce((sum, task) => sum + task[key]!, 0) / tasks.length;
}

/**
 * Adds a batch to the sums of an output. Marks the rows that are not finite, and returns the first
 * of them: the first image, or else labels, or else logits.
 */
function addTask(
  sums: TaskSums,
  values: Float32Array,
  [rows, classes, output]: OutputShape,
  spoiled: Uint8Array,
): NonFiniteRow | null {
  const { loss, flags, logits, labels } = unpackMeasures(values, [[rows, classes]]);
  const [scores, shares] = [logits[0]!, labels[0]!];
  sums[0] += rows * loss;
  sums[1] += rightRows(output, 1, scores, shares, classes, flags);
  sums[2] += rightRows(output, 5, scores, shares, classes, flags);
  for (let row = 0; row < rows; row++) {
    if (isUsable(row, scores, shares, classes, flags)) continue;
    sums[3] += 1;
    spoiled[row] = 1;
  }
  const input = nonFiniteInput(flags, labels, [[rows, classes]]);
  if (input) return input;
  const image = firstNonFiniteRow(scores, classes);
  return image < 0 ? null : { image, source: 'logits' };
}

/** The first of the rows that the replicas found. */
function firstOfAll(
  own: NonFinitePrediction | null,
  replicas: ReplicaGroup,
): NonFinitePrediction | null {
  const place = own ? [own.batch, codeOfRow(own)] : [0, 0];
  const found = replicas.gather(Float32Array.from(place)).flatMap(([batch, code]) => {
    const row = rowOfCode(code!);
    return row ? [{ ...row, batch: batch! }] : [];
  });
  return found.reduce<NonFinitePrediction | null>(
    (first, one) => (first && first.batch <= one.batch ? first : one),
    null,
  );
}
