import type { TrainEvent } from '@ds/train';
import { stridesOf } from '../network/run-model.js';
import { scoreOf } from '../statistics/score.js';
import { wordingOf } from '../text/wording.js';
import { isCostLearned, macsOf } from './model-cost.js';
import { requireFiniteEvaluation } from './non-finite-test.js';
import type { PreparedRun } from './prepare-run.js';

type StepEvent = Extract<TrainEvent, { type: 'step' }>;
type EpochEvent = Extract<TrainEvent, { type: 'epoch' }>;

/** Number of points of a curve in a result: enough to draw, few enough to store. */
const RECORDED_STEPS = 200;

/** Number of steps in the event files of TensorBoard. */
const LOGGED_STEPS = 2000;

/**
 * Records the events of a training in the run's memory and in its folder, and reports its progress.
 *
 * @returns a listener for the events of `train`. It throws if a test is not finite.
 */
export function trainingRecorder(run: PreparedRun): (event: TrainEvent) => void {
  const newNotes = notesSince(run.data.notes);
  return (event) => {
    if (event.type === 'epoch') recordEpoch(run, event);
    else recordStep(run, event, newNotes);
  };
}

function recordEpoch(run: PreparedRun, event: EpochEvent): void {
  const { config, model, data, initial, memory, totalSteps } = run;
  const { epoch, loss, accuracy, evaluation, seconds } = event;
  memory.timing.evaluation += run.stopwatch.lap();
  const testAccuracy = evaluation ? scoreOf(evaluation) : null;
  memory.testAccuracy = testAccuracy;
  const mayDiffer = isCostLearned(model, config);
  memory.epochMacs.push(mayDiffer ? macsOf(model, data.shape) : initial.macs);
  const folder = run.kept?.folder;
  folder?.metrics({
    type: 'epoch',
    epoch,
    loss,
    accuracy,
    testLoss: evaluation?.loss ?? null,
    testAccuracy: evaluation?.accuracy ?? null,
    testTop5: evaluation?.top5 ?? null,
    ...rankingOf(evaluation),
    seconds,
  });
  folder?.tensorboard.write(memory.epochMacs.length * (totalSteps / config.epochs) - 1, [
    { tag: 'test/loss', scalar: evaluation?.loss ?? Number.NaN },
    { tag: 'test/accuracy', scalar: evaluation?.accuracy ?? Number.NaN },
    { tag: 'test/top-5 accuracy', scalar: evaluation?.top5 ?? Number.NaN },
    ...Object.entries(rankingOf(evaluation)).map(([name, scalar]) => ({
      tag: `test/${name === 'testAuc' ? 'AUC' : 'mAP'}`,
      scalar,
    })),
    { tag: 'strides', histogram: Object.values(stridesOf(model, config)).flat() },
  ]);
  if (evaluation) requireFiniteEvaluation(evaluation, epoch, wordingOf(config));
}

/** The metrics of several labels. */
function rankingOf(evaluation: EpochEvent['evaluation']) {
  const { meanAveragePrecision, auc } = evaluation ?? {};
  if (meanAveragePrecision === undefined || auc === undefined) return {};
  return { testMeanAveragePrecision: meanAveragePrecision, testAuc: auc };
}

function recordStep(
  run: PreparedRun,
  event: StepEvent,
  newNotes: () => { notes?: string[] },
): void {
  const { config, model, memory, totalSteps } = run;
  const { step, epoch, loss, accuracy, learningRate } = event;
  memory.timing.training += run.stopwatch.lap();
  const imagesPerSecond = event.images / event.seconds;
  memory.rates.push(imagesPerSecond);
  const strides = stridesOf(model, config);
  const point = { step, loss, accuracy, imagesPerSecond, strides };
  const isDue = (points: number) =>
    step % Math.max(1, Math.floor(totalSteps / points)) === 0 || step === totalSteps - 1;
  if (isDue(RECORDED_STEPS)) memory.steps.push(point);
  const folder = run.kept?.folder;
  folder?.metrics({ type: 'step', epoch, learningRate, ...point });
  if (isDue(LOGGED_STEPS)) {
    folder?.tensorboard.write(step, [
      { tag: 'training/loss', scalar: loss },
      { tag: 'training/accuracy', scalar: accuracy },
      { tag: 'training/learning rate', scalar: learningRate },
      { tag: 'training/images per second', scalar: imagesPerSecond },
      ...Object.entries(strides).flatMap(([layer, [height, width]]) => [
        { tag: `strides/${layer} height`, scalar: height },
        { tag: `strides/${layer} width`, scalar: width },
      ]),
    ]);
  }
  const { testAccuracy } = memory;
  run.options.onProgress?.({ ...point, epoch, totalSteps, testAccuracy, ...newNotes() });
}

/** Returns a function. Each call of it returns the notes added since the previous call. */
function notesSince(all: string[]): () => { notes?: string[] } {
  let reported = 0;
  return () => {
    const notes = all.slice(reported);
    reported = all.length;
    return notes.length > 0 ? { notes } : {};
  };
}
