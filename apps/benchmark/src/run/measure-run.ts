import type { EpochSummary, TrainResult } from '@ds/train';
import type { ClassTest } from '../class-test/class-test.js';
import { runClassTest } from '../class-test/run-class-test.js';
import { isMultiLabel } from '../config/multi-label.js';
import { folderOf } from '../data/data-folders.js';
import type { RunData } from '../data/run-data.js';
import { mapEquivariance } from '../shift/map-equivariance.js';
import { type ShiftReport, shiftConsistency } from '../shift/shift-consistency.js';
import { median } from '../statistics/median.js';
import { scoreOf } from '../statistics/score.js';
import { inferenceRate } from './inference-rate.js';
import { measureRounded } from './measure-rounded.js';
import { costSnapshot, isCostLearned } from './model-cost.js';
import { requireFiniteShifts } from './non-finite-test.js';
import type { PreparedRun } from './prepare-run.js';
import type { RunResult } from './run-result.js';

/** Number of test images under shifts. The network sees each of them eleven times. */
export const SHIFT_IMAGES = 500;
/** Number of test images for the speed of inference. */
const RATE_IMAGES = 512;
/**
 * Number of the most confident mistakes of each task that a result shows. Sounds need more bytes.
 */
const PICTURE_MISTAKES = 12;
const SOUND_MISTAKES = 4;
/** Number of test images whose maps are compared under shifts. */
const MAP_IMAGES = 8;

/**
 * Measures the speed, the rounded strides and the shift consistency of the trained model. Returns
 * the data for tables and figures.
 *
 * @throws NonFiniteTest if a prediction under a shift is not finite.
 */
export async function measureRun(run: PreparedRun, trained: TrainResult): Promise<RunResult> {
  const { config, data, model, memory } = run;
  const { epochs } = trained;
  const { timing } = memory;
  const last = epochs.at(-1)?.evaluation;
  run.stopwatch.restart();
  // This comes before the shifts. If a signal interrupts it, the shifts are missing, which marks
  // the run as stopped.
  const tested = run.options.isTiming ? {} : await testedNetwork(run);
  timing.evaluation += run.stopwatch.lap();
  const shift = await measuredShifts(run);
  timing.shift += run.stopwatch.lap();
  if (shift) requireFiniteShifts(shift, config);
  return {
    config,
    dataset: data.name,
    images: { train: data.trainCount, test: data.testCount, available: data.available },
    dataHash: await data.fingerprint(),
    backend: run.backend,
    environment: run.environment,
    parameters: model.countParams(),
    initial: run.initial,
    final: isCostLearned(model, config) ? costSnapshot(model, config, data.shape) : run.initial,
    steps: memory.steps,
    epochs,
    epochMacs: memory.epochMacs,
    accuracy: last?.accuracy ?? 0,
    top5: last?.top5 ?? 0,
    ...(last?.auc !== undefined && {
      meanAveragePrecision: last.meanAveragePrecision,
      auc: last.auc,
    }),
    shift,
    ...(data.image && { image: data.image }),
    ...(data.sound && { sound: data.sound, taskAccuracies: accuraciesByTask(data.sound, epochs) }),
    ...(data.notes.length > 0 && { notes: data.notes }),
    imagesPerSecond: median(memory.rates),
    ...tested,
    timing,
    seconds: timing.setup + timing.training + timing.evaluation + timing.shift,
    stopped: trained.stopped || shift === null,
  };
}

/** The test by class, the speed of inference, and the network with rounded strides. */
async function testedNetwork(
  run: PreparedRun,
): Promise<Pick<RunResult, 'classTest' | 'inferenceRate' | 'rounded'>> {
  const classTest = await measuredClasses(run);
  const rate = await inferenceRate(run.model, run.data.test(RATE_IMAGES));
  const rounded = await measureRounded(run, RATE_IMAGES);
  return {
    ...(classTest && { classTest }),
    inferenceRate: rate,
    ...(rounded && { rounded }),
  };
}

/** The test by class. `null` if the signal interrupted it. */
async function measuredClasses(run: PreparedRun): Promise<ClassTest | null> {
  const { config, data, model, options } = run;
  const { signal } = options;
  const tasks = data.sound?.tasks ?? [{ name: 'class', classes: data.classNames }];
  const mistakes = data.sound ? SOUND_MISTAKES : PICTURE_MISTAKES;
  const { preview } = data;
  const folder = folderOf(config.dataset, options.data);
  try {
    return await runClassTest(model, data.test(), { tasks, preview, mistakes, folder, signal });
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return null;
    throw error;
  }
}

/**
 * The shift consistency and the equivariance of the maps, or `null` if the signal interrupted the
 * first of them.
 */
async function measuredShifts({
  config,
  data,
  model,
  options,
}: PreparedRun): Promise<ShiftReport | null> {
  const { signal } = options;
  const isSeveral = isMultiLabel(config);
  try {
    const settings = { seed: config.seed, multiLabel: isSeveral, signal };
    const report = await shiftConsistency(model, data.test(SHIFT_IMAGES), settings);
    return { ...report, equivariance: await mapEquivariance(model, data.test(MAP_IMAGES)) };
  } catch (error) {
    if (signal?.aborted && error === signal.reason) return null;
    throw error;
  }
}

/** Test score of each task after the last epoch. */
function accuraciesByTask({ tasks }: NonNullable<RunData['sound']>, epochs: EpochSummary[]) {
  const last = epochs.at(-1)?.evaluation;
  return Object.fromEntries(
    tasks.map(({ name }, i) => {
      const own = last?.tasks?.[i] ?? last;
      return [name, own ? scoreOf(own) : 0];
    }),
  );
}
