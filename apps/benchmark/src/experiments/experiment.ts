import { audioTableReport } from '../audio-table/report.js';
import type { AudioTableSpec } from '../audio-table/rows.js';
import { type CompareSpec, compareReport } from '../compare/report.js';
import type { TableSpec } from '../paper-table/paper-table.js';
import { tableReport } from '../paper-table/report.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run-result.js';
import { searchReport } from '../search/report.js';
import type { SearchSpec } from '../search/rows.js';
import { type ShiftSpec, shiftReport } from '../shift/report.js';
import { gridReport } from '../sweep/report.js';
import type { GridSpec } from '../sweep/rows.js';
import type { TradeoffSpec } from '../tradeoff/points.js';
import { tradeoffReport } from '../tradeoff/report.js';
import { visibleValue } from '../visible-text.js';
import type { ExperimentReport } from './experiment-report.js';
import { failedReport } from './failed-report.js';

/** What is to be made of the results of runs; it travels as JSON. */
export type ExperimentSpec =
  | AudioTableSpec
  | CompareSpec
  | GridSpec
  | SearchSpec
  | ShiftSpec
  | TableSpec
  | TradeoffSpec;

/**
 * Makes an experiment's table of the results there are; one at least. Control characters in them
 * become visible. A table that cannot be made is a report too: it says why, and lists the runs.
 */
export function reportOf(
  spec: ExperimentSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const [shownSpec, shownResults, shownContext] = visibleValue([spec, results, context] as const);
  try {
    return reportOfExperiment(shownSpec, shownResults, shownContext);
  } catch (error) {
    return failedReport(error, shownResults, shownContext);
  }
}

function reportOfExperiment(
  spec: ExperimentSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  switch (spec.experiment) {
    case 'audio':
      return audioTableReport(spec, results, context);
    case 'compare':
      return compareReport(spec, results, context);
    case 'grid':
      return gridReport(spec, results, context);
    case 'search':
      return searchReport(spec, results, context);
    case 'shift':
      return shiftReport(spec, results, context);
    case 'table':
      return tableReport(spec, results, context);
    case 'tradeoff':
      return tradeoffReport(spec, results, context);
  }
}
