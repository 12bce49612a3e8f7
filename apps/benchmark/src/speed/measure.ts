import { setTimeout as rest } from 'node:timers/promises';
import type { SpeedCase } from './cases.js';
import type { Contender } from './contender.js';

/** Times of one contender on one case, in milliseconds. */
export interface Timing {
  median: number;
  /** Tenth and ninetieth percentile. */
  low: number;
  high: number;
  /** GFLOP/s at the median, where the case counts operations. */
  gflops: number | null;
  /** Median of the ratios, try by try, of this one's time to the first contender's. */
  ratio: number;
}

/** One case: each contender's timing, or why it has none. */
export interface SpeedRow {
  case: SpeedCase;
  timings: Record<string, Timing | { cannot: string }>;
}

/** Options of {@link measure}. */
export interface MeasureOptions {
  /** Tries of each contender. */
  repeats: number;
  /** Once a case has taken this long, in ms, three tries are enough. */
  patience: number;
  /** Contenders that are not asked a case. */
  skips?: (contender: Contender, speedCase: SpeedCase) => string | null;
}

/** Milliseconds between two turns: the threads of some contenders spin for a while when their work is done. */
const PAUSE = 20;

/** Fewest tries of a case that takes long. */
const FEWEST = 3;

/**
 * Times the contenders on a case in turn, try by try, so that what else the machine does meets all of
 * them alike; everybody was warmed up before.
 */
export async function measure(
  speedCase: SpeedCase,
  contenders: Contender[],
  { repeats, patience, skips = () => null }: MeasureOptions,
): Promise<SpeedRow> {
  const timings: SpeedRow['timings'] = {};
  const able: { contender: Contender; times: number[] }[] = [];
  for (const contender of contenders) {
    const cannot = skips(contender, speedCase) ?? (await contender.prepare(speedCase));
    if (cannot === null) able.push({ contender, times: [] });
    else timings[contender.name] = { cannot };
  }
  let spent = 0;
  for (let round = 0; round < repeats && (round < FEWEST || spent < patience); round++) {
    for (const { contender, times } of able) {
      await rest(PAUSE);
      const ms = await contender.time();
      times.push(ms);
      spent += ms;
    }
  }
  const reference = able[0]?.times ?? [];
  for (const { contender, times } of able) {
    const median = quantile(times, 0.5);
    timings[contender.name] = {
      median,
      low: quantile(times, 0.1),
      high: quantile(times, 0.9),
      gflops: speedCase.flops > 0 ? speedCase.flops / median / 1e6 : null,
      ratio: quantile(
        times.map((ms, i) => ms / reference[i]!),
        0.5,
      ),
    };
  }
  return { case: speedCase, timings };
}

/** By linear interpolation between the two nearest. */
export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)]!, sorted[Math.ceil(at)]!];
  return below + (above - below) * (at - Math.floor(at));
}
