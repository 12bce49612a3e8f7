import { appendFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import writeFileAtomic from 'write-file-atomic';
import type { StridesByLayer } from '../run-result.js';

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
      seconds: number;
    };

/**
 * Opens a run's metrics, a JSON object a line, to go on after so many steps and epochs: lines of later ones, and one that
 * was cut short, are of an interrupted run and go.
 */
export async function openMetrics(
  file: string,
  { steps, epochs }: { steps: number; epochs: number },
): Promise<(line: MetricsLine) => void> {
  const text = await readFile(file, 'utf8').catch(() => '');
  const kept = text.split('\n').filter((line) => {
    const metrics = parsed(line);
    if (!metrics) return false;
    return metrics.type === 'step' ? metrics.step < steps : metrics.epoch < epochs;
  });
  await writeFileAtomic(file, kept.map((line) => `${line}\n`).join(''));
  return (line) => appendFileSync(file, `${JSON.stringify(line)}\n`);
}

function parsed(line: string): MetricsLine | null {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}
