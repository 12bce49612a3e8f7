import pLimit from 'p-limit';
import type { DataFolders } from '../data-folders.js';
import { layerCosts } from '../forward-macs.js';
import { median } from '../median.js';
import { labelsOf } from '../progress.js';
import { executeInThreads } from '../queue/execute-run.js';
import type { RunConfig } from '../run-config.js';

/** Runs whose steps cost the same: they differ in seed, λ, rates or length. */
export interface RunKind {
  label: string;
  configs: RunConfig[];
}

/** What a kind of run was measured to take on this machine, in seconds, and what it costs. */
export interface KindCost extends RunKind {
  /** From its start to its first step. */
  setup: number;
  step: number;
  /** Of evaluation, for one image. */
  evaluation: number;
  /** Of the measurement under shifts at the end, for one image. */
  shift: number;
  /** Multiply-adds of one image forward, at the initial strides. */
  macs: number;
  parameters: number;
  /** Bytes of all layers' outputs for one image. */
  activationBytes: number;
  /** Images of the dataset, for runs that want all. */
  available: { train: number; test: number };
}

/** Times that the network looks at an image to measure its shifts. */
const FORWARDS_OF_SHIFTS = 11;

/** Steps that are measured, and those before them that are not: the first ones compile and allocate. */
const STEPS = 12;
const WARM_UP = 3;
const TEST_IMAGES = 200;

/** Milliseconds after which fewer steps are enough. */
const PATIENCE_MS = 10_000;
const FEW_STEPS = 3;

/** Runs by what decides the cost of their steps. */
export function kindsOf(configs: RunConfig[]): RunKind[] {
  const groups = new Map<string, RunConfig[]>();
  for (const config of configs) {
    const { seed, lambda, epochs, trainImages, testImages, schedule, ...rest } = config;
    const { strideLearningRateScale, weightDecay, labelSmoothing, ...cost } = rest;
    const key = JSON.stringify(cost);
    groups.set(key, [...(groups.get(key) ?? []), config]);
  }
  const kinds = [...groups.values()];
  const labels = labelsOf(kinds.map(([first]) => ({ ...first!, seed: 0 })));
  return kinds.map((group, i) => ({
    label: labels[i]!.replace(' (seed 0)', ''),
    configs: group,
  }));
}

/**
 * Measures a few steps of each kind, so many runs at a time as there will be: what runs side by side shares caches and
 * memory, and is slower for it.
 */
export async function measureKinds(
  kinds: RunKind[],
  {
    sideBySide,
    data,
    onNote,
  }: { sideBySide: number; data: DataFolders; onNote: (message: string) => void },
): Promise<KindCost[]> {
  const limit = pLimit(sideBySide);
  // As many measurements as keep all places busy, or those of few kinds would be too good.
  const copies = Math.ceil(sideBySide / kinds.length);
  const measured = await Promise.all(
    kinds.map((kind) =>
      Promise.all(
        Array.from({ length: copies }, () =>
          limit(async () => {
            const times = await measure(kind.configs[0]!, data);
            onNote(`measured ${kind.label}: ${(1000 * times.step).toFixed(0)} ms a step`);
            return times;
          }),
        ),
      ),
    ),
  );
  const costs: KindCost[] = [];
  for (const [i, kind] of kinds.entries()) {
    const layers = await layerCosts(kind.configs[0]!);
    const sum = (key: 'macs' | 'parameters' | 'activationBytes') =>
      layers.reduce((total, layer) => total + layer[key], 0);
    const mean = (key: 'setup' | 'step' | 'evaluation' | 'shift') =>
      measured[i]!.reduce((total, times) => total + times[key], 0) / copies;
    costs.push({
      ...kind,
      setup: mean('setup'),
      step: mean('step'),
      evaluation: mean('evaluation'),
      shift: mean('shift'),
      macs: sum('macs'),
      parameters: sum('parameters'),
      activationBytes: sum('activationBytes'),
      available: measured[i]![0]!.available,
    });
  }
  return costs;
}

async function measure(config: RunConfig, data: DataFolders) {
  const { batchSize, trainImages, testImages } = config;
  const few = (wanted: number | 'all', count: number) =>
    wanted === 'all' ? count : Math.min(wanted, count);
  const short: RunConfig = {
    ...config,
    epochs: 1,
    trainImages: few(trainImages, (STEPS + WARM_UP) * batchSize),
    testImages: few(testImages, TEST_IMAGES),
  };
  const begun = performance.now();
  const arrivals: number[] = [];
  const controller = new AbortController();
  const result = await executeInThreads({ config: short, data }, controller.signal, () => {
    const now = performance.now();
    arrivals.push(now);
    if (arrivals.length > WARM_UP + FEW_STEPS && now - arrivals[0]! > PATIENCE_MS) {
      controller.abort();
    }
  });
  const steps = arrivals.slice(1).map((time, i) => (time - arrivals[i]!) / 1000);
  const step = median(steps.length > WARM_UP ? steps.slice(WARM_UP) : steps);
  const evaluation = result.timing.evaluation / result.images.test;
  return {
    setup: (arrivals[0]! - begun) / 1000 - step,
    step,
    evaluation,
    // A run that was stopped for want of patience has no shifts.
    shift: result.shift
      ? result.timing.shift / result.shift.images
      : FORWARDS_OF_SHIFTS * evaluation,
    available: result.images.available,
  };
}
