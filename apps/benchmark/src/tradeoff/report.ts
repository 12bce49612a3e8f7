import Table from 'cli-table3';
import { stringify } from 'csv-stringify/sync';
import { isMultiLabel } from '../config/multi-label.js';
import type { ExperimentReport } from '../experiments/experiment-report.js';
import { percent, summaryFields } from '../experiments/summary-fields.js';
import type { ReportContext } from '../report/report-context.js';
import type { RunResult } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';
import { cellsOf, headOf } from './cells.js';
import { tradeoffPage } from './page.js';
import { type TradeoffSpec, tradeoffPoints } from './points.js';
import { roundedSentence } from './rounded-sentence.js';

export function tradeoffReport(
  _: TradeoffSpec,
  results: RunResult[],
  context: ReportContext,
): ExperimentReport {
  const points = tradeoffPoints(results);
  const { config } = results[0]!;
  const table = new Table({ head: headOf(config), style: { head: [], border: [] } });
  for (const point of points) table.push(cellsOf(point));
  const records = points.map((point) => ({
    pooling: point.pooling,
    strides: point.strides.join(' '),
    lambda: point.lambda,
    rounded: point.isRounded,
    ...summaryFields(point.summary),
    // A rounded network has its own.
    ...(point.isRounded && {
      [isMultiLabel(config) ? 'meanAveragePrecision' : 'accuracy']: percent(point.accuracy),
      deviation: null,
      top5: null,
      shiftConsistency: null,
      complexity: null,
      imagesPerSecond: null,
      macs: Math.round(point.macs),
    }),
    // It was not trained.
    trainingMilliseconds: point.isRounded ? null : milliseconds(point.training),
    inferenceMilliseconds: milliseconds(point.inference),
  }));
  return {
    text: [table.toString(), roundedSentence(points, wordingOf(config).things) ?? []]
      .flat()
      .join('\n'),
    csv: stringify(records, { header: true, cast: { boolean: String } }),
    html: tradeoffPage(points, context),
    rows: records,
  };
}

function milliseconds(value: number): number | null {
  return Number.isFinite(value) ? Number(value.toPrecision(3)) : null;
}
