import type { Child } from 'hono/jsx';
import {
  type ClassGroup,
  type ClassRow,
  classGroups,
  classRows,
  confusedPairs,
  weakestClasses,
} from '../class-test/class-groups.js';
import { classSentence } from '../class-test/class-text.js';
import { scoredExamples } from '../data/held-out.js';
import type { RunResult } from '../run/run-result.js';
import { capitalised } from '../text/capitalised.js';
import { formatShare } from '../text/format.js';
import { confusionPlot, MOST_CLASSES } from './confusion-plot.js';
import { htmlTable } from './html-table.js';
import { part } from './part.js';

/** Number of rows of a table if there are too many classes to list. */
const LISTED = 10;

/**
 * The results by class: confusion matrix, accuracy of each class, and confused pairs. One group of
 * runs is open; several fold. Nothing if no run has a test by class.
 */
export function classResults(runs: RunResult[], nameOf: (run: RunResult) => string): Child {
  const groups = classGroups(runs, nameOf);
  if (groups.length === 0) return null;
  const examples = scoredExamples(runs[0]!.config);
  const isSeveral = groups.length > 1;
  return (
    <>
      <h2>By class</h2>
      {groups.map((group, at) =>
        part(`The classes of ${group.name}`, () => {
          const task = group.task === 'class' ? '' : `, ${group.task}`;
          const sentence = classSentence(group, examples);
          const body = classesOf(group, examples);
          return isSeveral ? (
            <details open={at === 0}>
              <summary>
                <strong>
                  {group.name}
                  {task}
                </strong>
                : {sentence}
              </summary>
              {body}
            </details>
          ) : (
            <>
              <p>{capitalised(sentence)}.</p>
              {body}
            </>
          );
        }),
      )}
      <p class="note">
        The files <code>classes.csv</code> and <code>confusion.csv</code> next to this report have
        these numbers for every run.
      </p>
    </>
  );
}

function classesOf(group: ClassGroup, examples: string): Child {
  if (group.decisions) return labelTable(group);
  const isLong = group.classes.length > MOST_CLASSES;
  const rows = isLong ? weakestClasses(group).slice(0, LISTED) : classRows(group);
  const pairs = confusedPairs(group).slice(0, LISTED);
  return (
    <>
      <figure>
        {confusionPlot(group)}
        <figcaption>
          The confusion matrix. A row has the examples of one class, a column those that got one
          class. Blue is right, orange is wrong; a stronger tint is a larger share of the row.
          {isLong && ' It shows the classes with the most mistakes.'}
        </figcaption>
      </figure>
      {isLong && (
        <p class="note">
          The {rows.length} weakest of {group.classes.length} classes:
        </p>
      )}
      {htmlTable(
        ['class', 'accuracy', 'right', examples, 'most often taken for'],
        rows.map((row) => classCells(row, group)),
      )}
      {isLong && pairs.length > 0 && (
        <>
          <p class="note">The most frequent confusions:</p>
          {htmlTable(
            ['true', 'predicted', 'number', 'share of the true class'],
            pairs.map(({ truth, predicted, count, share }) => [
              truth,
              predicted,
              count,
              formatShare(share),
            ]),
          )}
        </>
      )}
    </>
  );
}

function classCells(row: ClassRow, group: ClassGroup): Child[] {
  const wrong = confusedPairs(group).find(({ truth }) => truth === row.name);
  return [
    row.name,
    formatShare(row.accuracy),
    row.right,
    row.examples,
    wrong ? `${wrong.predicted} (${wrong.count})` : '',
  ];
}

/** With several labels there is no confusion of one with another, but misses and false alarms. */
function labelTable(group: ClassGroup): Child {
  const weakest = weakestClasses(group);
  const rows = group.classes.length > MOST_CLASSES ? weakest.slice(0, LISTED) : classRows(group);
  return (
    <>
      {htmlTable(
        ['label', 'found', 'have it', 'share found', 'false alarms'],
        rows.map(({ name, right, examples, accuracy, predicted }) => [
          name,
          right,
          examples,
          formatShare(accuracy),
          predicted - right,
        ]),
      )}
      <p class="note">
        A label counts as found if its probability is above ½. A false alarm is a label that was
        found where it is not.
      </p>
    </>
  );
}
