import { SERIES } from '@ds/palette';
import * as Plot from '@observablehq/plot';
import { type ClassGroup, classRows } from '../class-test/class-groups.js';
import { plotDrawing } from './plot-drawing.js';

/** The largest number of classes of a whole matrix. */
export const MOST_CLASSES = 20;

/** Number of classes of the matrix if there are more: those with the most mistakes. */
const SHOWN = 16;

/** Number of characters of a class's name along an axis. Its whole name is in the table. */
const LONGEST_NAME = 16;

/** The last row and column of a matrix that lacks classes. */
const OTHERS = 'all others';

/**
 * The confusion matrix: a row for each true class, a column for each predicted class. The tint of a
 * cell is its share of the row. With many classes it has those with the most mistakes, and the sum
 * of the others.
 */
export function confusionPlot(group: ClassGroup) {
  const { classes, confusion } = group;
  const shown = shownClasses(group);
  const place = new Map(shown.map((label, at) => [label, at]));
  const isPart = shown.length < classes.length;
  const names = [...shown.map((label) => classes[label]!), ...(isPart ? [OTHERS] : [])];
  const counts = names.map(() => names.map(() => 0));
  for (const { truth, predicted, count } of confusion) {
    const row = place.get(truth) ?? shown.length;
    counts[row]![place.get(predicted) ?? shown.length]! += count;
  }
  const cells = counts.flatMap((row, truth) => {
    const examples = row.reduce((sum, count) => sum + count, 0);
    return row.flatMap((count, predicted) => {
      // A prediction within the others may be right or wrong.
      const isOther = isPart && truth === shown.length && predicted === shown.length;
      if (count === 0 || isOther) return [];
      return [{ truth, predicted, count, share: count / examples, isRight: truth === predicted }];
    });
  });
  const domain = names.map((_, at) => at);
  const label = (at: number) => shortened(names[at]!);
  const side = Math.min(40, Math.max(26, 560 / names.length));
  const longest = Math.max(...names.map((name) => shortened(name).length));
  // Room for the names: along the rows, and above the columns at an angle.
  const [left, top] = [34 + 7 * longest, 40 + 5.4 * longest];
  const right = 5 * longest;
  const fontSize = side < 30 ? 10 : 12;
  return plotDrawing({
    // In its own size: a stretched matrix would have letters of another size than other figures.
    className: 'natural',
    width: left + side * names.length + right,
    height: top + side * names.length + 6,
    marginLeft: left,
    marginTop: top,
    marginRight: right,
    marginBottom: 6,
    padding: 0.06,
    x: {
      label: 'predicted →',
      axis: 'top',
      domain,
      tickFormat: label,
      tickRotate: -50,
      tickSize: 3,
    },
    y: { label: '↓ true', domain, tickFormat: label, tickSize: 3 },
    color: { domain: [true, false], range: [SERIES[1]!, SERIES[2]!] },
    opacity: { type: 'identity' },
    marks: [
      Plot.cell(
        domain.flatMap((truth) => domain.map((predicted) => ({ truth, predicted }))),
        { x: 'predicted', y: 'truth', fill: 'currentColor', fillOpacity: 0.05 },
      ),
      Plot.cell(cells, {
        x: 'predicted',
        y: 'truth',
        fill: 'isRight',
        fillOpacity: ({ share }) => 0.15 + 0.6 * share,
        title: ({ truth, predicted, count }) =>
          `${count} of ${names[truth]} got ${names[predicted]}`,
      }),
      Plot.text(cells, {
        x: 'predicted',
        y: 'truth',
        text: ({ count }) => `${count}`,
        fill: 'currentColor',
        fontSize,
      }),
    ],
  });
}

/** The classes of the matrix, in their order: all, or those with the most mistakes. */
function shownClasses(group: ClassGroup): number[] {
  const labels = group.classes.map((_, label) => label);
  if (labels.length <= MOST_CLASSES) return labels;
  const rows = classRows(group);
  const mistakes = rows.map(({ examples, right, predicted }) => examples + predicted - 2 * right);
  return labels
    .sort((a, b) => mistakes[b]! - mistakes[a]!)
    .slice(0, SHOWN)
    .sort((a, b) => a - b);
}

function shortened(name: string): string {
  return name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME - 1)}…` : name;
}
