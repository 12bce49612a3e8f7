import type { ClassTestTask } from '../src/class-test/class-test.js';
import type { RunResult } from '../src/run/run-result.js';

/** A picture of one pixel. */
export const PNG =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=';

/**
 * A result with a test by class, from the counts of examples by true class (rows) and predicted
 * class. Its accuracy is that of the matrix.
 */
export function testedResult(
  result: RunResult,
  classes: string[],
  matrix: number[][],
  more: Partial<ClassTestTask> = {},
): RunResult {
  const confusion = matrix.flatMap((row, truth) =>
    row.flatMap((count, predicted): [number, number, number][] =>
      count > 0 ? [[truth, predicted, count]] : [],
    ),
  );
  const count = matrix.flat().reduce((sum, one) => sum + one, 0);
  const right = matrix.reduce((sum, row, at) => sum + row[at]!, 0);
  const accuracy = right / count;
  const task = { name: 'class', classes, count, confusion, mistakes: [], ...more };
  return {
    ...result,
    accuracy,
    images: { ...result.images, test: count },
    epochs: result.epochs.map((epoch, at) =>
      at < result.epochs.length - 1 || !epoch.evaluation
        ? epoch
        : { ...epoch, evaluation: { ...epoch.evaluation, accuracy } },
    ),
    classTest: { version: 1, tasks: [task] },
  };
}
