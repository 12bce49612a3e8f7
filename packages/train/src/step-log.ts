import { concat, dispose, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { type OutputShape, type ShardMeasures, stepMeasures } from './step-measures.js';

/** A step of the optimizer, and its batch. */
export interface MadeStep {
  epoch: number;
  /** Counted over all epochs. */
  step: number;
  learningRate: number;
  /** The batch, counted from 0 in its epoch. */
  batch: number;
  /** The files of the batch's images, if it has them. */
  files?: string[];
}

/** A step whose measures are still on the backend. */
export interface LoggedStep extends MadeStep {
  /** As `packMeasures` packs them; `null` if the batch has no images. */
  measures: Tensor1D | null;
  shapes: OutputShape[];
  images: number;
}

/** A step and its measures. */
export type MeasuredStep = Omit<LoggedStep, 'measures' | 'shapes'> &
  ShardMeasures & {
    /** Seconds of the step, or the mean of the steps that were read together. */
    seconds: number;
  };

/** Collects steps, and reads the measures of all of them in one transfer from the device. */
export class StepLog {
  private steps: LoggedStep[] = [];
  private start = performance.now();

  /** Adds a step. The log disposes of its measures. */
  add(step: LoggedStep): void {
    this.steps.push(step);
  }

  get length(): number {
    return this.steps.length;
  }

  /** Starts the clock for the next steps. */
  restart(): void {
    this.start = performance.now();
  }

  /** Reads the measures of all steps, and empties the log. */
  async read(): Promise<MeasuredStep[]> {
    const steps = this.steps;
    if (steps.length === 0) return [];
    this.steps = [];
    const measured = steps.flatMap(({ measures }) => measures ?? []);
    try {
      const values = await joinedValues(measured);
      const seconds = (performance.now() - this.start) / 1000 / steps.length;
      this.restart();
      let at = 0;
      return steps.map(({ measures, shapes, ...step }) => {
        const own = measures && values.subarray(at, at + measures.size);
        at += own?.length ?? 0;
        return { ...step, ...stepMeasures(own, shapes), seconds };
      });
    } finally {
      dispose(measured);
    }
  }

  dispose(): void {
    for (const { measures } of this.steps) measures?.dispose();
    this.steps = [];
  }
}

/** The values of tensors one after another, in one transfer. */
async function joinedValues(tensors: Tensor1D[]): Promise<Float32Array> {
  if (tensors.length === 0) return new Float32Array();
  const all = tidy(() => concat(tensors));
  try {
    return (await all.data()) as Float32Array;
  } finally {
    all.dispose();
  }
}
