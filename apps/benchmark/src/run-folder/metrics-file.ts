import { readFile } from 'node:fs/promises';
import { appendWhole, writeFileWhole } from '@ds/train/checkpoints';
import type { StridesByLayer } from '../run/run-result.js';

/** A line of `metrics.jsonl`; epochs and steps count from 0, accuracies are shares. */
export type MetricsLine =
  | {
      type: 'step';
      step: number;
      epoch: number;
      loss: number;
      accuracy: number;
      learningRate: number;
      imagesPerSecond: number;
      strides: StridesByLayer;
    }
  | {
      type: 'epoch';
      epoch: number;
      loss: number;
      accuracy: number;
      testLoss: number | null;
      testAccuracy: number | null;
      testTop5: number | null;
      /** With several labels. */
      testMeanAveragePrecision?: number;
      testAuc?: number;
      seconds: number;
    };

/** A line of steps or epochs, by whose number metrics are cut. */
type PlacedLine = { type: 'step'; step: number } | { type: 'epoch'; epoch: number };

/** How a run's metrics are opened. */
export interface MetricsOptions {
  /** Called before every write. If it throws, nothing is written. */
  mayWrite?: () => void;
  /** Receives a warning about missing lines. */
  onWarning?: (message: string) => void;
}

/**
 * Opens a run's metrics, one JSON object per line, to append after the given steps and epochs.
 * Removes later lines and a truncated line, which an interrupted run has left.
 *
 * @throws Error that names the file if it cannot be read or written. The returned function throws
 *   it too.
 */
export async function openMetrics<Line extends PlacedLine = MetricsLine>(
  file: string,
  { steps, epochs }: { steps: number; epochs: number },
  { mayWrite = () => {}, onWarning = () => {} }: MetricsOptions = {},
): Promise<(line: Line) => void> {
  const kept = (await readMetrics(file)).filter((line) =>
    line.type === 'step' ? line.step < steps : line.epoch < epochs,
  );
  const missing = missingOf(kept, steps, epochs);
  if (missing) {
    onWarning(
      `${file}: was cut, and lacks ${missing}; ` +
        'the run continues, and all its other numbers are complete',
    );
  }
  const text = kept.map((line) => `${JSON.stringify(line)}\n`).join('');
  await writeFileWhole(file, text, { mayWrite });
  return (line) => {
    mayWrite();
    appendWhole(file, `${JSON.stringify(line)}\n`);
  };
}

/**
 * The lines of a file of metrics, without a truncated line. There are none if it does not exist.
 *
 * @throws Error that names the file if it cannot be read.
 */
export async function readMetrics<Line extends PlacedLine = PlacedLine>(
  file: string,
): Promise<Line[]> {
  return (await textOf(file)).split('\n').flatMap((text) => parsed<Line>(text) ?? []);
}

/** The text of a file; empty if the file does not exist. */
async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return '';
    throw new Error(`${file}: could not be read: ${message}; repair or remove it`, {
      cause: error,
    });
  }
}

/** Describes the missing lines up to a step and an epoch; empty if none is missing. */
function missingOf(lines: PlacedLine[], steps: number, epochs: number): string {
  const lacking = (name: string, found: Set<number>, count: number) => {
    if (found.size >= count) return [];
    const first = Array.from({ length: count }, (_, i) => i).find((i) => !found.has(i));
    return [`${count - found.size} of ${count} ${name}s, the first of them ${name} ${first}`];
  };
  const stepsFound = lines.flatMap((line) => (line.type === 'step' ? [line.step] : []));
  const epochsFound = lines.flatMap((line) => (line.type === 'epoch' ? [line.epoch] : []));
  return [
    ...lacking('step', new Set(stepsFound), steps),
    ...lacking('epoch', new Set(epochsFound), epochs),
  ].join(', and ');
}

/** Parses a line of metrics; `null` if the text is not one. */
function parsed<Line extends PlacedLine>(text: string): Line | null {
  try {
    const line = JSON.parse(text);
    const at = line?.type === 'step' ? line.step : line?.type === 'epoch' ? line.epoch : null;
    return Number.isInteger(at) && at >= 0 ? line : null;
  } catch {
    return null;
  }
}
