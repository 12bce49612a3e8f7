import { MultiBar, type SingleBar } from 'cli-progress';
import { formatShare, formatStrides } from './format.js';
import type { RunConfig } from './run-config.js';
import type { RunProgress, RunResult } from './run-result.js';

/** Shows runs as they go. */
export interface ProgressDisplay {
  update(run: number, progress: RunProgress): void;
  finish(run: number, result: RunResult): void;
  close(): void;
}

/** Live bars on a terminal, a line now and then elsewhere. */
export function progressDisplay(configs: RunConfig[], output: NodeJS.WriteStream): ProgressDisplay {
  return output.isTTY ? liveBars(configs, output) : plainLines(configs, output);
}

/** The runs' names, with their initial strides where these differ. */
function labelsOf(configs: RunConfig[]): string[] {
  const isOfOne = configs.every(({ strides }) => `${strides}` === `${configs[0]!.strides}`);
  return configs.map(({ pooling, seed, strides }) => {
    const from = isOfOne ? '' : ` from ${strides.slice(2).join(', ')}`;
    return `${pooling}${from} (seed ${seed})`;
  });
}

function liveBars(configs: RunConfig[], output: NodeJS.WriteStream): ProgressDisplay {
  const bars = new MultiBar(
    {
      stream: output,
      format: '{label} {bar} {percentage}% ETA {eta_formatted} | {detail}',
      barCompleteChar: '█',
      barIncompleteChar: '░',
      barsize: 18,
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
  const shown: (SingleBar | undefined)[] = [];
  const barOf = (run: number, total: number) => {
    shown[run] ??= bars.create(total, 0, {
      label: labels[run]!.padEnd(width),
      detail: '',
    });
    return shown[run];
  };
  return {
    update: (run, progress) => {
      barOf(run, progress.totalSteps).update(progress.step + 1, { detail: detailOf(progress) });
    },
    finish: (run, result) => {
      const detail = `${formatShare(result.accuracy)} on the test images | ${Math.round(result.imagesPerSecond)} images/s`;
      shown[run]?.update({ detail: result.stopped ? `stopped; ${detail}` : detail });
      shown[run]?.stop();
    },
    close: () => bars.stop(),
  };
}

/** Seconds between two lines of one run. */
const LINE_INTERVAL = 15;

function plainLines(configs: RunConfig[], output: NodeJS.WriteStream): ProgressDisplay {
  const labels = labelsOf(configs);
  const started = new Map<number, number>();
  const last = new Map<number, number>();
  return {
    update: (run, progress) => {
      const now = performance.now() / 1000;
      if (!started.has(run)) started.set(run, now);
      const previous = last.get(run);
      if (previous !== undefined && now - previous < LINE_INTERVAL) return;
      last.set(run, now);
      const done = (progress.step + 1) / progress.totalSteps;
      const eta = Math.round(((now - started.get(run)!) * (1 - done)) / done);
      const when = previous === undefined ? '' : ` ETA ${eta} s`;
      output.write(
        `${labels[run]}: step ${progress.step + 1}/${progress.totalSteps}${when} | ${detailOf(progress)}\n`,
      );
    },
    finish: (run, result) => {
      const how = result.stopped ? 'stopped' : 'done';
      output.write(
        `${labels[run]}: ${how} after ${Math.round(result.seconds)} s, ${formatShare(result.accuracy)} on the test images\n`,
      );
    },
    close: () => {},
  };
}

function detailOf(progress: RunProgress): string {
  const test = progress.testAccuracy === null ? '' : ` test ${formatShare(progress.testAccuracy)}`;
  return [
    `loss ${progress.loss.toFixed(2)} acc ${formatShare(progress.accuracy)}${test}`,
    `${Math.round(progress.imagesPerSecond)} images/s`,
    `strides ${formatStrides(progress.strides)}`,
  ].join(' | ');
}
