import pLimit from 'p-limit';
import type { DataFolders } from '../data-folders.js';
import { layerCosts } from '../forward-macs.js';
import { median } from '../median.js';
import { labelsOf } from '../progress.js';
import { executeInThreads } from '../queue/execute-run.js';
import type { RunConfig } from '../run-config.js';

/** Runs with steps of equal cost. They differ in seed, λ, rates or length. */
export interface RunKind {
  label: string;
  configs: RunConfig[];
}

/** Measured durations of a kind of run on this machine, in seconds, and its cost. */
export interface KindCost extends RunKind {
  /** From the start of a run to its first step. */
  setup: number;
  step: number;
  /** Evaluation of one image. */
  evaluation: number;
  /** Shift measurement of one image, at the end of a run. */
  shift: number;
  /** Multiply-adds of the forward pass of one image, at the initial strides. */
  macs: number;
  parameters: number;
  /** Size of the outputs of all layers for one image, in bytes. */
  activationBytes: number;
  /** Number of images in the dataset, for runs that use all of them. */
  available: { train: number; test: number };
}

/** Forward passes of one image in the shift measurement. */
const FORWARDS_OF_SHIFTS = 11;

/** Number of measured steps and of warm-up steps. The first steps compile and allocate. */
const STEPS = 12;
const WARM_UP = 3;
const TEST_IMAGES = 200;

/** Milliseconds after which the measurement may stop early. */
const PATIENCE_MS = 10_000;
const FEW_STEPS = 3;

/** Groups runs by the cost of their steps. */
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
 * Measures a few steps of each kind with as many concurrent runs as in the sweep. Concurrent runs
 * share caches and memory bandwidth, which makes them slower.
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
  // Measurements fill every slot. With idle slots the steps would be too fast.
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
    // A run that was stopped early has no shift measurement.
    shift: result.shift
      ? result.timing.shift / result.shift.images
      : FORWARDS_OF_SHIFTS * evaluation,
    available: result.images.available,
  };
}
