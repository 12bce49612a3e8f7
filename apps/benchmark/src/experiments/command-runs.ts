import type { RunConfig } from '../config/run-config.js';
import type { ExperimentSpec } from './experiment.js';

/** The runs of an experiment. */
export interface CommandRuns {
  spec: ExperimentSpec;
  configs: RunConfig[];
  /** A description, for the first line of the output. */
  what: string;
  /** A sentence about stored runs, for below the numbers. */
  beside?: string;
}
