import Table from 'cli-table3';
import { duration, quantity } from '../text/units.js';
import type { SweepPlan } from './plan-sweep.js';

/** Formats a plan for the terminal. */
export function planText(plan: SweepPlan): string {
  const kinds = new Table({
    head: ['kind of run', 'runs', 'time per step', 'time per run', 'FLOPs of all'],
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
    head: ['workers', 'until all is done', '5 … 95 % of sweeps', 'failures', 'time lost to them'],
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
    `Simulated ${plan.trials} times with workers like this device. Each fails ${failuresPerHour} times ` +
      `per hour and restarts after ${duration(restartSeconds)}. Other workers take over its runs ` +
      `after ${stalledAfterSeconds} s, ${isShared ? 'from their checkpoints' : 'from the start'}.`,
  ].join('\n');
}
