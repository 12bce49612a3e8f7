import * as Plot from '@observablehq/plot';
import type { RunConfig } from '../config/run-config.js';
import { details } from '../report/details.js';
import { fullSize } from '../report/full-size.js';
import { cellLines, htmlTable } from '../report/html-table.js';
import { page } from '../report/page.js';
import { figure, part } from '../report/part.js';
import { plotDrawing, poolingColors } from '../report/plot-drawing.js';
import { protocol } from '../report/protocol.js';
import type { ReportContext } from '../report/report-context.js';
import { COMPLEXITY } from '../report/terms.js';
import { percentAxis } from '../report/value-axis.js';
import { fullScoreName } from '../statistics/score.js';
import { wordingOf } from '../text/wording.js';
import { cellsOf, headOf } from './cells.js';
import type { TradeoffPoint } from './points.js';
import { roundedSentence } from './rounded-sentence.js';

/** A self-contained HTML page of accuracy against efficiency. */
export function tradeoffPage(points: TradeoffPoint[], context: ReportContext) {
  const runs = points.flatMap(({ isRounded, summary }) => (isRounded ? [] : summary.runs));
  const first = runs[0]!;
  const { thing, things } = wordingOf(first.config);
  const sections = [
    <h1>{first.dataset}: accuracy against efficiency</h1>,
    protocol(runs, context),
    figure(
      'Accuracy and multiply-adds',
      () => plane(points, ({ macs }) => macs / 1e6, `multiply-adds per ${thing} (millions)`),
      'Means over seeds, at the final strides. A line joins the runs of one pooling from the same ' +
        'strides over λ, and its points have the values of λ. Single points are strides that do ' +
        `not learn, labelled with ${labelled(first.config)}. ` +
        ['Hollow points are learned strides, rounded.', roundedSentence(points, things) ?? '']
          .join(' ')
          .trim(),
    ),
    timed(
      'Accuracy and time to classify',
      points,
      ({ inference }) => inference,
      `milliseconds to classify one ${thing}`,
      `The same networks over their measured time, in batches of ${first.config.batchSize}, on this machine.`,
    ),
    timed(
      'Accuracy and training time',
      points.filter(({ isRounded }) => !isRounded),
      ({ training }) => training,
      `milliseconds to train on one ${thing}`,
      'The same over the time of a training step, for one example of its batch: the median over ' +
        'all steps. Learned strides change while they train, and so does their time.',
    ),
    figure(
      'Accuracy and J',
      () =>
        plane(
          points.filter(({ isRounded }) => !isRounded),
          ({ summary }) => summary.complexity,
          'J, the penalty’s measure of cost',
        ),
      `The same over J, which the penalty λ·J lowers. ${COMPLEXITY} ` +
        'Multiply-adds count the sizes of the maps, and the work of each layer.',
    ),
    <h2>All points</h2>,
    part('The table', () =>
      htmlTable(
        headOf(first.config),
        points.map((point) => cellsOf(point).map((cell) => cellLines(cell.split('\n')))),
      ),
    ),
    part('Strides', () => fullSize(runs)),
    details(runs, context),
  ];
  return page(`${first.dataset}: accuracy against efficiency`, sections);
}

/** A figure over a measured time. Points without one are left out. */
function timed(
  title: string,
  points: TradeoffPoint[],
  costOf: (point: TradeoffPoint) => number,
  label: string,
  caption: string,
) {
  const measured = points.filter((point) => Number.isFinite(costOf(point)));
  return measured.length === 0
    ? null
    : figure(title, () => plane(measured, costOf, label), caption);
}

/** What the labels of single points are. */
function labelled({ dataset, model }: RunConfig): string {
  if (dataset === 'sounds') return 'those of the blocks';
  const places = model === 'mobilenet-v2' ? 'the stages that reduce' : 'stages 2 to 4';
  return `those of ${places}, or of stem and all stages where another one is unusual`;
}

function plane(points: TradeoffPoint[], costOf: (point: TradeoffPoint) => number, label: string) {
  const poolings = [...new Set(points.map(({ pooling }) => pooling))];
  const startOf = ({ pooling, strides }: TradeoffPoint) => `${pooling} ${strides}`;
  const isOnCurve = (point: TradeoffPoint) => {
    const alike = points.filter((other) => startOf(other) === startOf(point));
    return new Set(alike.map(({ lambda }) => lambda)).size > 1;
  };
  const dots = points.map((point) => ({
    pooling: point.pooling,
    start: startOf(point),
    isOnCurve: isOnCurve(point),
    cost: costOf(point),
    accuracy: 100 * point.accuracy,
    isRounded: point.isRounded,
    lambda: point.lambda,
    text: textOf(point, isOnCurve(point)),
  }));
  return plotDrawing({
    height: 380,
    marginRight: 60,
    color: poolingColors(poolings),
    x: { label, type: 'log', grid: true, nice: true, tickFormat: '~g' },
    y: percentAxis(
      `${fullScoreName(points[0]!.summary.runs[0]!.config)} (%)`,
      dots.map(({ accuracy }) => accuracy),
    ),
    marks: [
      // In the order of λ, which is not the order of cost.
      Plot.line(
        dots.filter((dot) => dot.isOnCurve && !dot.isRounded).sort((a, b) => a.lambda - b.lambda),
        { x: 'cost', y: 'accuracy', stroke: 'pooling', z: 'start', strokeOpacity: 0.7 },
      ),
      Plot.dot(
        dots.filter(({ isRounded }) => !isRounded),
        { x: 'cost', y: 'accuracy', fill: 'pooling', r: 4.5 },
      ),
      Plot.dot(
        dots.filter(({ isRounded }) => isRounded),
        { x: 'cost', y: 'accuracy', stroke: 'pooling', r: 4 },
      ),
      ...[true, false].map((curve) =>
        Plot.text(
          dots.filter((dot) => dot.isOnCurve === curve),
          {
            x: 'cost',
            y: 'accuracy',
            text: 'text',
            fill: 'currentColor',
            dx: 6,
            // Alternates labels above and below, so that close labels do not overlap.
            dy: curve ? -8 : 10,
            textAnchor: 'start',
            fontSize: 11,
          },
        ),
      ),
    ],
  });
}

/** The label of a point: λ on a curve, and strides elsewhere. A rounded network has the curve's. */
function textOf({ isRounded, lambda, strides }: TradeoffPoint, isCurve: boolean): string {
  if (isRounded) return '';
  return isCurve ? `λ ${lambda}` : strides.join(', ');
}
