import type { Child } from 'hono/jsx';
import { scoredSet } from '../data/held-out.js';
import { initialStrides } from '../network/initial-strides.js';
import { classResults } from '../report/class-results.js';
import { costPlot } from '../report/cost.js';
import { accuracyPlot, lossPlot, macsPlot, timePlot } from '../report/curves.js';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { cellLines, htmlTable } from '../report/html-table.js';
import { maskPlot } from '../report/masks.js';
import { mistakes } from '../report/mistakes.js';
import { nextStepsPart } from '../report/next-steps-part.js';
import { page } from '../report/page.js';
import { differenceNotes } from '../report/paired-difference-notes.js';
import { figure, part } from '../report/part.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { stridePlot } from '../report/strides.js';
import { COMPLEXITY, SHIFT_CONSISTENCY } from '../report/terms.js';
import type { RunResult } from '../run/run-result.js';
import { shiftPlot } from '../shift/plot.js';
import type { ComparisonRow } from '../statistics/comparison.js';
import { fullScoreName, scoreName, scoreOf } from '../statistics/score.js';
import { capitalised } from '../text/capitalised.js';
import {
  formatAccuracy,
  formatCount,
  formatRate,
  formatShare,
  formatStrideChange,
} from '../text/format.js';
import { wordingOf } from '../text/wording.js';

/** A self-contained HTML page of a comparison. */
export function comparisonReport(rows: ComparisonRow[], context: ReportContext): string {
  const runs = rows.flatMap((row) => row.runs);
  const first = runs[0]!;
  const { thing } = wordingOf(first.config);
  return page(`${first.dataset}: ${titleOf(rows)}`, [
    <h1>
      From strides ({initialStrides(first.config).join(', ')}): {titleOf(rows)}
    </h1>,
    protocol(runs, context),
    part('The table', () => comparisonTable(rows)),
    context.beside && <p>{context.beside}</p>,
    part('Differences', () =>
      differenceNotes(
        runs,
        rows.map(({ pooling }) => pooling),
      ),
    ),
    classResults(runs, ({ config }) => config.pooling),
    mistakes(runs),
    nextStepsPart([{ name: '', rows }]),
    figure(
      scoreName(first.config) === 'mAP' ? 'mAP' : 'Accuracy',
      () => accuracyPlot(rows),
      `${capitalised(fullScoreName(first.config))} after each epoch. Thin lines are runs, ` +
        'thick ones their mean.',
    ),
    ...(rows.length > 1 ? tradeoffs(rows, thing) : []),
    figure(
      'Loss',
      () => lossPlot(rows),
      'Loss on the training batches, a running mean for each run.',
    ),
    figure(
      'Shifts',
      () => shiftPlot(rows),
      () => shiftCaption(runs),
    ),
    learnedSections(runs.filter(hasLearnedStrides)),
    figure(
      'Cost by layer',
      () => costPlot(rows),
      `Multiply-adds of convolutions, poolings and dense layers for one ${thing}, at the final ` +
        'strides of the first run. A pooling follows a convolution at stride 1, which costs more ' +
        'than a strided convolution. The strides set the cost of later layers.',
    ),
    part('Strides', () => fullSize(runs)),
    details(runs, context),
  ]);
}

/** The accuracy against what it costs, in time and in multiply-adds. */
function tradeoffs(rows: ComparisonRow[], thing: string): Child[] {
  const { config } = rows[0]!.runs[0]!;
  const name = scoreName(config) === 'mAP' ? 'mAP' : 'Accuracy';
  const fullName = capitalised(fullScoreName(config));
  return [
    figure(
      `${name} against training time`,
      () => timePlot(rows),
      `${fullName} after each epoch, over the time in training steps; a line for each run. ` +
        'Runs that trained at the same time on one machine slowed each other down.',
    ),
    figure(
      `${name} against multiply-adds`,
      () => macsPlot(rows, thing),
      `${fullName} over the multiply-adds for one ${thing} at the final strides. ` +
        'Rings are runs, dots are means. Up and to the left is better.',
    ),
  ];
}

function shiftCaption(runs: RunResult[]): string {
  const measured = runs.find((run) => run.shift !== null);
  if (!measured?.shift) return 'No run has measured shifts yet.';
  const { config, sound, shift } = measured;
  const { thing, things, axes, step } = wordingOf(config);
  const { images, maxShift } = shift;
  const task = sound && sound.tasks.length > 1 ? ` of ${sound.tasks[0]!.name}` : '';
  const shown = sound ? 'spectrograms of ' : '';
  const along = sound ? ` along ${axes.join(' and ')}` : ' diagonally';
  const examples = `${images} ${scoredSet(config)} ${images === 1 ? thing : things}`;
  return (
    `Probability of the right class${task} as the ${shown}${examples} are shifted${along}, ` +
    'circularly. Thin lines are runs. Consistency in the table is over pairs of shifts of up to ' +
    `${maxShift} ${step}s.`
  );
}

/** Maximum number of poolings that a title lists. With more, it gives their number. */
const NAMES_IN_TITLE = 5;

function titleOf(rows: ComparisonRow[]): string {
  return rows.length > NAMES_IN_TITLE
    ? `${rows.length} ways of downsampling`
    : rows.map(({ pooling }) => pooling).join(', ');
}

function hasLearnedStrides({ initial, final }: RunResult): boolean {
  return Object.entries(initial.strides).some(
    ([layer, pair]) => pair.join() !== final.strides[layer]?.join(),
  );
}

function learnedSections(learned: RunResult[]): Child {
  if (learned.length === 0) return null;
  // Only DiffStride has masks to draw.
  const masked = learned.find(({ config }) => config.pooling === 'diffstride');
  return [
    figure(
      'Strides as they train',
      () => stridePlot(learned),
      'Strides of each pooling layer over training; a line for each axis and run, dashed along ' +
        `${wordingOf(learned[0]!.config).axes[1]}.`,
    ),
    masked &&
      figure(
        'Masks',
        () => maskPlot(masked),
        'The mask of each pooling over the spectrum of its input, before and after training ' +
          `(seed ${masked.config.seed}). Yellow frequencies pass, and dark blue ones are removed. ` +
          'The size of an input may have changed during training.',
      ),
  ];
}

function comparisonTable(rows: ComparisonRow[]): Child {
  const { config } = rows[0]!.runs[0]!;
  const { thing, things, axes } = wordingOf(config);
  return (
    <>
      {htmlTable(
        [
          'pooling',
          fullScoreName(config),
          'shift consistency',
          'J',
          `MACs/${thing}`,
          `${things}/s`,
          'initial → final strides',
        ],
        rows.map((row) => [
          row.pooling,
          <span title={row.runs.map((run) => formatShare(scoreOf(run))).join(', ')}>
            {formatAccuracy(row)}
          </span>,
          formatShare(row.shiftConsistency),
          row.complexity.toFixed(2),
          formatCount(row.macs),
          formatRate(row.imagesPerSecond),
          cellLines([...new Set(row.runs.map(formatStrideChange))]),
        ]),
      )}
      <p class="note">
        Mean ± sample standard deviation over seeds. {SHIFT_CONSISTENCY} {COMPLEXITY} MACs are
        multiply-adds. Strides are those of {placesOf(config)}, {axes[0]} × {axes[1]}.{' '}
        {capitalised(things)} per second: median over training steps of a run.
      </p>
    </>
  );
}

/** The places of the strides in the table. */
function placesOf({ dataset, model }: RunResult['config']): string {
  if (dataset === 'sounds') return 'every block';
  return model === 'mobilenet-v2' ? 'the stages that reduce' : 'stages 2 to 4';
}
