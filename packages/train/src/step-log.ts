import { concat, type Tensor1D, tidy } from '@tensorflow/tfjs-core';
import { type ShardMeasures, stepMeasures } from './step-measures.js';

/** A step that was made, whose measures are still where the backend keeps them. */
export interface LoggedStep {
  measures: Tensor1D;
  shapes: [number, number][];
  epoch: number;
  step: number;
  /** The batch, counted from 0 in its epoch. */
  batch: number;
  /** The files of the batch's images, if it has them. */
  files?: string[];
  images: number;
  learningRate: number;
}

/** A step that was made, and what it came to. */
export type MeasuredStep = Omit<LoggedStep, 'measures' | 'shapes'> &
  ShardMeasures & {
    /** Seconds, of steps that are read together their mean. */
    seconds: number;
  };

/** Steps whose measures wait to be read, so that a device is asked once for many. */
export class StepLog {
  private steps: LoggedStep[] = [];
  private start = performance.now();

  /** The log's from then on: it disposes of the measures. */
  add(step: LoggedStep): void {
    this.steps.push(step);
  }

  get length(): number {
    return this.steps.length;
  }

  /** Begins the time of the steps to come. */
  restart(): void {
    this.start = performance.now();
  }

  /** What all of them came to, in one read. */
  async read(): Promise<MeasuredStep[]> {
    const steps = this.steps;
    if (steps.length === 0) return [];
    this.steps = [];
    const all = tidy(() => concat(steps.map(({ measures }) => measures)));
    try {
      const values = (await all.data()) as Float32Array;
      const seconds = (performance.now() - this.start) / 1000 / steps.length;
      this.restart();
      let at = 0;
      return steps.map(({ measures, shapes, ...step }) => {
        at += measures.size;
        const own = values.subarray(at - measures.size, at);
        return { ...step, ...stepMeasures(own, shapes), seconds };
      });
    } finally {
      all.dispose();
      for (const { measures } of steps) measures.dispose();
    }
  }

  dispose(): void {
    for (const { measures } of this.steps) measures.dispose();
    this.steps = [];
  }
}
