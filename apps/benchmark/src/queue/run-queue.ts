import type { ExperimentSpec } from '../experiments/experiment.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunConfig } from '../run-config.js';
import type { RunProgress, RunResult } from '../run-result.js';

/** A set of runs and the table that they end in. */
export interface Experiment {
  spec: ExperimentSpec;
  /** Each at most once. */
  configs: RunConfig[];
  context: ReportContext;
}

/** Told how runs go on; runs are numbered as the configurations are. */
export interface RunObserver {
  onProgress: (run: number, progress: RunProgress) => void;
  onFinished: (run: number, result: RunResult) => void;
  onFailed: (run: number, message: string) => void;
  /** Something worth a line: a retry, a lost connection. */
  onNote: (message: string) => void;
}

/** How a run ended; `null`: it was stopped before its first test was complete. */
export type RunOutcome = { result: RunResult } | { failed: string } | null;

/** How an experiment ended. */
export interface ExperimentOutcome {
  outcomes: RunOutcome[];
  /** `null` if there is nothing to report. */
  report: ExperimentReport | null;
  /** Whether it was stopped before its end. */
  stopped: boolean;
}

/** Where runs are executed: here, or by the workers of a queue elsewhere. */
export interface RunQueue {
  /** Executes an experiment's runs and builds its table when the last one has ended, without those that failed. */
  execute(
    experiment: Experiment,
    observer: RunObserver,
    signal: AbortSignal,
  ): Promise<ExperimentOutcome>;
}
