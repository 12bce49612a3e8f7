import type { RunConfig } from '../config/run-config.js';
import type { ExperimentSpec } from '../experiments/experiment.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunProgress, RunResult } from '../run/run-result.js';

/** A set of runs and their table. */
export interface Experiment {
  spec: ExperimentSpec;
  /** Each configuration occurs once. */
  configs: RunConfig[];
  context: ReportContext;
}

/** Callbacks for the progress of runs. A run's number is its index in the configurations. */
export interface RunObserver {
  onProgress: (run: number, progress: RunProgress) => void;
  onFinished: (run: number, result: RunResult) => void;
  onFailed: (run: number, message: string) => void;
  /** Receives notes, such as a retry or a lost connection. */
  onNote: (message: string) => void;
}

/** The outcome of a run. `null`: it was stopped before its first test was complete. */
export type RunOutcome = { result: RunResult } | { failed: string } | null;

/** The outcome of an experiment. */
export interface ExperimentOutcome {
  outcomes: RunOutcome[];
  /** `null` if there are no results. */
  report: ExperimentReport | null;
  /** Whether it was stopped early. */
  stopped: boolean;
}

/** Executes runs: in this process, or on the workers of a queue. */
export interface RunQueue {
  /** Executes an experiment's runs, then builds its table without the failed runs. */
  execute(
    experiment: Experiment,
    observer: RunObserver,
    signal: AbortSignal,
  ): Promise<ExperimentOutcome>;
}
