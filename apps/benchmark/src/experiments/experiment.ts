import { audioTableReport } from '../audio-table/report.js';
import type { AudioTableSpec } from '../audio-table/rows.js';
import { type CompareSpec, compareReport } from '../compare/report.js';
import type { TableSpec } from '../paper-table/paper-table.js';
import { tableReport } from '../paper-table/report.js';
import { withFullSizeNotes } from '../report/full-size-notes.js';
import type { ReportContext } from '../report/report-context.js';
import { reproduceReport } from '../reproduce/report.js';
import type { ReproduceSpec } from '../reproduce/rows.js';
import type { RunResult } from '../run/run-result.js';
import { searchReport } from '../search/report.js';
import type { SearchSpec } from '../search/rows.js';
import { type ShiftSpec, shiftReport } from '../shift/report.js';
import { gridReport } from '../sweep/report.js';
import type { GridSpec } from '../sweep/rows.js';
import { visibleValue } from '../text/visible-text.js';
import type { TradeoffSpec } from '../tradeoff/points.js';
import { tradeoffReport } from '../tradeoff/report.js';
import type { ExperimentReport } from './experiment-report.js';
import { failedReport } from './failed-report.js';

/** The kind of table and figures for the results of runs. It is plain JSON. */
export type ExperimentSpec =
  | AudioTableSpec
  | CompareSpec
  | GridSpec
  | ReproduceSpec
  | SearchSpec
  | ShiftSpec
  | TableSpec
  | TradeoffSpec;

/**
 * Makes the report of an experiment from at least one result. Control characters become visible.
 * If the table cannot be made, the report states the reason and lists the runs.
 */
export function reportOf(
  spec: ExperimentSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const [shownSpec, shownResults, shownContext] = visibleValue([spec, results, context] as const);
  try {
    const report = reportOfExperiment(shownSpec, shownResults, shownContext);
    return { ...report, text: withFullSizeNotes(report.text, shownResults) };
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
    case 'reproduce':
      return reproduceReport(spec, results, context);
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
