import { details } from '../report/details.js';
import { page } from '../report/page.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import type { ExperimentReport } from './experiment-report.js';

/** The report if a table cannot be made: the reason, and the result of each run. */
export function failedReport(
  error: unknown,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const reason = error instanceof Error ? error.message : String(error);
  const text = `The table could not be made: ${reason}. The numbers of every run are in results.json.`;
  const rows = results.map(({ config, accuracy, meanAveragePrecision }) => ({
    pooling: config?.pooling,
    seed: config?.seed,
    accuracy,
    ...(meanAveragePrecision !== undefined && { meanAveragePrecision }),
  }));
  return {
    text,
    csv: '',
    html: page('A table that could not be made', [
      <h1>A table that could not be made</h1>,
      <p class="failed">{text}</p>,
      details(results, context),
    ]),
    rows,
  };
}
