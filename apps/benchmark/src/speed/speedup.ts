import { setTimeout as rest } from 'node:timers/promises';
import type { Contender } from './contender.js';
import { type MedianInterval, medianInterval } from './median-interval.js';

/** How many times as fast several replicas are as one. */
export interface Speedup extends MedianInterval {
  /** The name of the training step. */
  name: string;
  replicas: number;
  /** The speedup aimed at. */
  aim: number;
  /** Number of pairs of tries. */
  tries: number;
  /** Whether the interval is above the aim, below it, or contains it. */
  verdict: 'reached' | 'missed' | 'open';
}

/** Options of {@link measureSpeedup}. */
export interface SpeedupOptions {
  name: string;
  replicas: number;
  /** Largest number of pairs. */
  most: number;
  /** Time, in ms, after which no pair begins. */
  patience: number;
}

/** The share of the ideal speedup that is aimed at: 1.8 for two replicas. */
const AIM = 0.9;

/**
 * Confidence of the interval. The measurement looks at the interval after every pair, so 95 % would
 * decide wrongly too often.
 */
const CONFIDENCE = 0.99;

/** The same pause as between other tries. */
const PAUSE = 20;

/**
 * Times one replica and several in pairs, in alternating order, until the interval of the speedup
 * does not contain the aim. Returns `null` if time is over before there are enough pairs for an
 * interval. Both contenders are prepared.
 */
export async function measureSpeedup(
  one: Contender,
  several: Contender,
  { name, replicas, most, patience }: SpeedupOptions,
): Promise<Speedup | null> {
  const aim = AIM * replicas;
  const ratios: number[] = [];
  let interval: MedianInterval | null = null;
  let spent = 0;
  while (ratios.length < most && spent < patience) {
    const times = new Map<Contender, number>();
    for (const contender of ratios.length % 2 === 0 ? [one, several] : [several, one]) {
      await rest(PAUSE);
      times.set(contender, await contender.time());
    }
    spent += times.get(one)! + times.get(several)!;
    ratios.push(times.get(one)! / times.get(several)!);
    interval = medianInterval(ratios, CONFIDENCE);
    if (interval && verdictOf(interval, aim) !== 'open') break;
  }
  if (!interval) return null;
  return {
    name,
    replicas,
    aim,
    tries: ratios.length,
    ...interval,
    verdict: verdictOf(interval, aim),
  };
}

function verdictOf({ low, high }: MedianInterval, aim: number): Speedup['verdict'] {
  if (low >= aim) return 'reached';
  return high < aim ? 'missed' : 'open';
}

/** A sentence: the speedup, its interval, and whether the aim is reached. */
export function speedupSentence(speedup: Speedup): string {
  const { name, replicas, aim, median, low, high, tries, verdict } = speedup;
  const end = {
    reached: `The aim of ×${aim.toFixed(1)} is reached.`,
    missed: `The aim of ×${aim.toFixed(1)} is missed.`,
    open: `The interval contains the aim of ×${aim.toFixed(1)}, so this stays open.`,
  };
  return (
    `${name}: ${replicas} replicas are ×${median.toFixed(2)} as fast as one ` +
    `(${100 * CONFIDENCE} % interval ${low.toFixed(2)}–${high.toFixed(2)}, ${tries} pairs). ` +
    end[verdict]
  );
}
