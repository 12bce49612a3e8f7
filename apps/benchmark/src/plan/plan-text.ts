import Table from 'cli-table3';
import type { SweepPlan } from './plan-sweep.js';

/** Formats a plan for the terminal. */
export function planText(plan: SweepPlan): string {
  const kinds = new Table({
    head: ['kind of run', 'runs', 'a step', 'a run', 'FLOPs of all'],
    style: { head: [], border: [] },
  });
  for (const { label, runs, secondsPerStep, secondsPerRun, flops } of plan.kinds) {
    kinds.push([
      label,
      runs,
      `${(1000 * secondsPerStep).toFixed(0)} ms`,
      duration(secondsPerRun),
      quantity(flops, 'FLOP'),
    ]);
  }
  const makespans = new Table({
    head: ['workers', 'until all is done', '5 … 95 % of sweeps', 'deaths', 'lost to them'],
    style: { head: [], border: [] },
  });
  for (const { workers, mean, p5, p95, failures, lost } of plan.makespans) {
    makespans.push([
      workers,
      duration(mean),
      `${duration(p5)} … ${duration(p95)}`,
      failures.toFixed(failures < 10 ? 1 : 0),
      duration(lost),
    ]);
  }
  const { failuresPerHour, restartSeconds, stalledAfterSeconds, isShared } = plan.assumed;
  return [
    kinds.toString(),
    `${plan.runs} runs, ${quantity(plan.flops, 'FLOP')}, ` +
      `${duration(plan.deviceSeconds)} on one device (${plan.device}, ${plan.jobs} at a time).`,
    `A run needs at least ${quantity(plan.memoryBytes, 'B')} of memory; ` +
      `the run folders need ${quantity(plan.diskBytes, 'B')}.`,
    makespans.toString(),
    `Simulated 200 times with workers like this device. Each fails ${failuresPerHour} times ` +
      `an hour and restarts after ${duration(restartSeconds)}. Other workers take over its runs ` +
      `after ${stalledAfterSeconds} s, ${isShared ? 'from their checkpoints' : 'from the start'}.`,
  ].join('\n');
}

/** Formats a duration in a suitable unit: `3.4 h`. */
export function duration(seconds: number): string {
  const units: [string, number][] = [
    ['years', 365.25 * 86_400],
    ['days', 86_400],
    ['h', 3_600],
    ['min', 60],
    ['s', 1],
  ];
  const [unit, size] = units.find(([, size]) => seconds >= 2 * size) ?? ['s', 1];
  return `${Number((seconds / size).toPrecision(3))} ${unit}`;
}

/** Formats a quantity with an SI prefix: `1.2 TFLOP`. */
function quantity(value: number, unit: string): string {
  const prefixes = ['', 'k', 'M', 'G', 'T', 'P', 'E', 'Z'];
  const power = value > 0 ? Math.min(prefixes.length - 1, Math.floor(Math.log10(value) / 3)) : 0;
  return `${(value / 1000 ** power).toPrecision(3)} ${prefixes[power]}${unit}`;
}
