import type { ReportContext } from '../report/report.js';
import type { RunResult } from '../run-result.js';
import { visibleValue } from '../visible-text.js';
import { type AudioTableSpec, audioTableReport } from './audio-table.js';
import { type CompareSpec, compareReport } from './compare.js';
import { failedReport } from './failed-report.js';
import { type GridSpec, gridReport } from './grid.js';
import { type TableSpec, tableReport } from './paper-table.js';
import { type SearchSpec, searchReport } from './search.js';
import { type ShiftSpec, shiftReport } from './shift.js';
import { type TradeoffSpec, tradeoffReport } from './tradeoff.js';

/** What is to be made of the results of runs; it travels as JSON. */
export type ExperimentSpec =
  | AudioTableSpec
  | CompareSpec
  | GridSpec
  | SearchSpec
  | ShiftSpec
  | TableSpec
  | TradeoffSpec;

/** A table and its figures. */
export interface ExperimentReport {
  /** For the terminal. */
  text: string;
  csv: string;
  /** A self-contained page. */
  html: string;
  /** The table's rows, for programs. */
  rows: unknown[];
}

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
