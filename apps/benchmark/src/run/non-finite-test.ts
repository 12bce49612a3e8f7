import type { Evaluation } from '@ds/train';
import type { RunConfig } from '../config/run-config.js';
import { scoredExamples } from '../data/held-out.js';
import type { ShiftReport } from '../shift/shift-consistency.js';
import type { Wording } from '../text/wording.js';

/** What of an example is not finite. */
const SOURCES = { images: 'values', labels: 'labels', logits: 'logits' } as const;

/** The error of a run with a test that is not finite. Such a run has no accuracy to report. */
export class NonFiniteTest extends Error {
  override readonly name = 'NonFiniteTest';
}

/**
 * @throws NonFiniteTest if the loss or a prediction is not finite. The error gives the number of
 *   non-finite predictions, and batch and file of the first, if it has a file.
 */
export function requireFiniteEvaluation(
  evaluation: Evaluation,
  epoch: number,
  { thing }: Pick<Wording, 'thing'>,
): void {
  const { loss, nonFinite, count, firstNonFinite: first } = evaluation;
  if (Number.isFinite(loss) && nonFinite === 0) return;
  const file = first?.file === undefined ? '' : ` (${first.file})`;
  const place = first
    ? `, first of all the ${SOURCES[first.source]} of ${thing} ${first.image} of batch ${first.batch}${file}`
    : '';
  throw new NonFiniteTest(
    `run: the test loss must be finite, got ${loss} after epoch ${epoch}; ` +
      `${nonFinite} of ${count} predictions are not finite${place}`,
  );
}

/** @throws NonFiniteTest if a prediction under a shift is not finite. */
export function requireFiniteShifts(
  { nonFinite, images }: ShiftReport,
  config: Pick<RunConfig, 'dataset' | 'validationImages'>,
): void {
  if (nonFinite === 0) return;
  throw new NonFiniteTest(
    'run: predictions under shifts must be finite, ' +
      `got those of ${nonFinite} of ${images} ${scoredExamples(config)}`,
  );
}
