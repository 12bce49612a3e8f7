import { MultiBar, type SingleBar } from 'cli-progress';
import { isMultiLabel } from '../config/multi-label.js';
import { type RunConfig, runId } from '../config/run-config.js';
import { scoredExamples, scoredSet } from '../data/held-out.js';
import { initialStrides } from '../network/initial-strides.js';
import type { RunProgress, RunResult } from '../run/run-result.js';
import { formatShare, formatStrides } from '../text/format.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { visibleText } from '../text/visible-text.js';
import { wordingOf } from '../text/wording.js';

/** Displays the progress of runs. */
export interface ProgressDisplay {
  update(run: number, progress: RunProgress): void;
  finish(run: number, result: RunResult): void;
  fail(run: number, message: string): void;
  note(message: string): void;
  close(): void;
}

/**
 * Draws live bars on an interactive terminal, and prints occasional lines elsewhere. Control
 * characters become visible.
 */
export function progressDisplay(configs: RunConfig[], output: NodeJS.WriteStream): ProgressDisplay {
  const isLive = output.isTTY && process.env.TERM !== 'dumb';
  return isLive ? liveBars(configs, output) : plainLines(configs, output);
}

/** Prints one JSON object per line, for programs. */
export function jsonLines(configs: RunConfig[], output: NodeJS.WritableStream): ProgressDisplay {
  const write = (event: Record<string, unknown>) =>
    output.write(`${visibleText(JSON.stringify(event))}\n`);
  const ids = configs.map(runId);
  write({ event: 'started', runs: configs.map((config, run) => ({ run: ids[run], config })) });
  return {
    update: (run, progress) => write({ event: 'progress', run: ids[run], ...progress }),
    finish: (run, { accuracy, top5, meanAveragePrecision, auc, final, seconds, stopped }) =>
      write({
        event: 'finished',
        run: ids[run],
        accuracy,
        top5,
        meanAveragePrecision,
        auc,
        strides: final.strides,
        seconds,
        stopped,
      }),
    fail: (run, message) => write({ event: 'failed', run: ids[run], message }),
    note: (message) => write({ event: 'note', message }),
    close: () => {},
  };
}

/** The labels of the runs: pooling, seed, and all other fields in which they differ. */
export function labelsOf(configs: RunConfig[]): string[] {
  const first = configs[0]!;
  const named = ['pooling', 'seed', 'poolingConfig'];
  // A configuration leaves out some fields that have their default.
  const fields = new Set(configs.flatMap((config) => Object.keys(config) as (keyof RunConfig)[]));
  const differing = [...fields].filter(
    (key) =>
      !named.includes(key) &&
      configs.some((config) => JSON.stringify(config[key]) !== JSON.stringify(first[key])),
  );
  return configs.map((config) => {
    const details = differing.map((key) => {
      if (key === 'strides') return ` from ${initialStrides(config).join(', ')}`;
      if (key === 'sounds') return ` ${config.sounds?.tasks?.join(' and ') ?? 'sounds'}`;
      const value = config[key];
      if (value === undefined) return '';
      return ` ${key} ${typeof value === 'string' ? value : JSON.stringify(value)}`;
    });
    return visibleText(`${config.pooling}${details.join('')} (seed ${config.seed})`);
  });
}

/** Minimum number of columns for a long bar, so that the numbers after it still fit. */
const WIDE = 120;

/** Resolution of one run's progress in the bar of all runs. */
const PARTS = 1000;

function liveBars(configs: RunConfig[], output: NodeJS.WriteStream): ProgressDisplay {
  const bars = new MultiBar(
    {
      stream: output,
      format: '{label} {bar} {percentage}% ETA {eta_formatted} | {detail}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: (output.columns ?? WIDE) < WIDE ? 6 : 18,
      hideCursor: true,
      clearOnComplete: false,
      etaBuffer: 40,
      autopadding: true,
      fps: 8,
    },
    undefined,
  );
  const labels = labelsOf(configs);
  const width = Math.max(...labels.map((label) => label.length));
  const bar = (label: string, total: number) =>
    bars.create(total, 0, { label: label.padEnd(width), detail: '' });
  const all = configs.length > 1 ? bar('all runs', PARTS * configs.length) : null;
  const done = configs.map(() => 0);
  let ended = 0;
  const count = (run: number, share: number) => {
    done[run] = share;
    const parts = done.reduce((sum, value) => sum + Math.floor(PARTS * value), 0);
    all?.update(parts, { detail: `${ended} of ${configs.length} done` });
  };
  const shown: (SingleBar | undefined)[] = [];
  const end = (run: number, detail: string) => {
    ended += 1;
    count(run, 1);
    shown[run] ??= bar(labels[run]!, 1);
    shown[run].update({ detail });
    shown[run].stop();
  };
  return {
    update: (run, progress) => {
      shown[run] ??= bar(labels[run]!, progress.totalSteps);
      shown[run].update(progress.step + 1, { detail: detailOf(progress, configs[run]!) });
      count(run, (progress.step + 1) / progress.totalSteps);
    },
    finish: (run, result) => {
      const { things } = wordingOf(result.config);
      const rate = `${Math.round(result.imagesPerSecond)} ${things}/s`;
      const detail = `${testScore(result)} on the ${scoredExamples(result.config)} | ${rate}`;
      end(run, result.stopped ? `stopped; ${detail}` : detail);
    },
    fail: (run, message) => end(run, `failed: ${visibleText(message)}`),
    note: (message) => bars.log(`${visibleText(message)}\n`),
    close: () => bars.stop(),
  };
}

/** Seconds between two progress lines of a run. */
const LINE_INTERVAL = 15;

function plainLines(configs: RunConfig[], output: NodeJS.WriteStream): ProgressDisplay {
  const labels = labelsOf(configs);
  const say = (text: string) => output.write(`${fitted(visibleText(text), columnsOf(output))}\n`);
  const started = new Map<number, { at: number; step: number }>();
  const last = new Map<number, number>();
  let ended = 0;
  const end = (run: number, how: string) => {
    ended += 1;
    const count = configs.length > 1 ? ` (${ended} of ${configs.length} runs)` : '';
    say(`${labels[run]}: ${how}${count}`);
  };
  return {
    update: (run, progress) => {
      const now = performance.now() / 1000;
      if (!started.has(run)) started.set(run, { at: now, step: progress.step });
      const previous = last.get(run);
      if (previous !== undefined && now - previous < LINE_INTERVAL) return;
      last.set(run, now);
      const { at, step } = started.get(run)!;
      const perStep = (now - at) / (progress.step - step);
      const eta = Math.round(perStep * (progress.totalSteps - progress.step - 1));
      const when = previous === undefined ? '' : ` ETA ${eta} s`;
      say(
        `${labels[run]}: step ${progress.step + 1}/${progress.totalSteps}${when} | ${detailOf(progress, configs[run]!)}`,
      );
    },
    finish: (run, result) => {
      const how = result.stopped ? 'stopped' : 'done';
      const score = `${testScore(result)} on the ${scoredExamples(result.config)}`;
      end(run, `${how} after ${Math.round(result.seconds)} s, ${score}`);
    },
    fail: (run, message) => end(run, `failed: ${message}`),
    note: say,
    close: () => {},
  };
}

/** The score of a run: `61.2 %`, or `mAP 61.2 %, AUC 80.1 %` with several labels. */
function testScore(result: RunResult): string {
  const { accuracy, meanAveragePrecision, auc } = result;
  if (meanAveragePrecision === undefined) return formatShare(accuracy);
  return `mAP ${formatShare(meanAveragePrecision)}, AUC ${formatShare(auc ?? Number.NaN)}`;
}

function detailOf(progress: RunProgress, config: RunConfig): string {
  const several = isMultiLabel(config);
  const set = scoredSet(config);
  const score = several ? `${set} mAP` : set;
  const test =
    progress.testAccuracy === null ? '' : ` ${score} ${formatShare(progress.testAccuracy)}`;
  // With several labels, most decisions are right, so their share says little.
  const training = several ? '' : ` acc ${formatShare(progress.accuracy)}`;
  return [
    `loss ${progress.loss.toFixed(2)}${training}${test}`,
    `${Math.round(progress.imagesPerSecond)} ${wordingOf(config).things}/s`,
    `strides ${formatStrides(progress.strides)}`,
  ].join(' | ');
}
