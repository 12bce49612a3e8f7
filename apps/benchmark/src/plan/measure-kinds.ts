import pLimit from 'p-limit';
import type { RunConfig } from '../config/run-config.js';
import type { DataFolders } from '../data/data-folders.js';
import { labelsOf } from '../experiments/progress.js';
import { layerCosts } from '../network/forward-macs.js';
import { executeInThreads } from '../queue/execute-run.js';
import type { RunProgress } from '../run/run-result.js';
import { stepTime, WARM_UP } from './step-time.js';

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
  /** Number of images to train on and to score on, of which runs use some or all. */
  available: { train: number; test: number };
}

/** Forward passes of one image in the shift measurement. */
const FORWARDS_OF_SHIFTS = 11;

/** The most steps that are measured after the warm-up. */
const STEPS = 12;
const TEST_IMAGES = 200;

/** Milliseconds after which the measurement may stop early. */
const PATIENCE_MS = 10_000;
/** The fewest steps that are measured after the warm-up, if the dataset has enough examples. */
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
            onNote(`measured ${kind.label}: ${(1000 * times.step).toFixed(0)} ms per step`);
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
  const short = shortened(config);
  const begun = performance.now();
  const reports: { at: number; progress: RunProgress }[] = [];
  const controller = new AbortController();
  const input = { config: short, data, isTiming: true };
  const result = await executeInThreads(input, controller.signal, (progress) => {
    const at = performance.now();
    reports.push({ at, progress });
    if (reports.length > WARM_UP + FEW_STEPS && at - reports[0]!.at > PATIENCE_MS) {
      controller.abort();
    }
  });
  const imagesOf = (step: number) =>
    Math.min(config.batchSize, result.images.train - step * config.batchSize);
  const step = stepTime(
    reports.map(({ at, progress }) => ({
      at,
      seconds: imagesOf(progress.step) / progress.imagesPerSecond,
    })),
  );
  const evaluation = result.timing.evaluation / result.images.test;
  return {
    setup: (reports[0]!.at - begun) / 1000 - step,
    step,
    evaluation,
    // A run that was stopped early has no shift measurement.
    shift: result.shift
      ? result.timing.shift / result.shift.images
      : FORWARDS_OF_SHIFTS * evaluation,
    available: result.images.available,
  };
}

/**
 * The run of one epoch that measures a kind. It takes more training examples than a run of very few
 * steps has, since the first steps are slower than the others.
 */
function shortened(config: RunConfig): RunConfig {
  const { batchSize, trainImages, testImages } = config;
  const few = (wanted: number | 'all', count: number) =>
    wanted === 'all' ? count : Math.min(wanted, count);
  const least = (WARM_UP + 1 + FEW_STEPS) * batchSize;
  return {
    ...config,
    epochs: 1,
    trainImages: Math.max(few(trainImages, (WARM_UP + STEPS) * batchSize), least),
    testImages: few(testImages, TEST_IMAGES),
  };
}
