import type { RunConfig } from '../config/run-config.js';
import { fullScoreName } from '../statistics/score.js';
import { formatAccuracy, formatCount, formatStrideChange } from '../text/format.js';
import { wordingOf } from '../text/wording.js';
import type { TradeoffPoint } from './points.js';

/** The columns of the tables. Times are milliseconds for one example, in batches. */
export function headOf(config: RunConfig): string[] {
  const { thing } = wordingOf(config);
  return [
    'pooling',
    'λ',
    fullScoreName(config),
    `MACs/${thing}`,
    'inference (ms)',
    'training (ms)',
    'J',
    'initial → final strides',
  ];
}

/** The cells of a point. Runs with other final strides get separate lines. */
export function cellsOf(point: TradeoffPoint): string[] {
  const { pooling, lambda, isRounded, macs, inference, training, summary } = point;
  return [
    isRounded ? `${pooling}, rounded` : pooling,
    `${lambda}`,
    formatAccuracy(point),
    formatCount(macs),
    formatMilliseconds(inference),
    isRounded ? '' : formatMilliseconds(training),
    isRounded ? '' : summary.complexity.toFixed(2),
    isRounded ? '' : [...new Set(summary.runs.map(formatStrideChange))].join('\n'),
  ];
}

function formatMilliseconds(value: number): string {
  return Number.isFinite(value) ? value.toPrecision(2) : '–';
}
