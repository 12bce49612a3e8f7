import type { Child } from 'hono/jsx';
import { nextSteps } from '../next-steps/next-steps.js';
import type { ComparisonRow } from '../statistics/comparison.js';
import { part } from './part.js';

/**
 * A list of what to try next, from groups of runs that compare with each other. Several groups have
 * a name each. Nothing if the runs give no reason for advice.
 */
export function nextStepsPart(groups: { name: string; rows: ComparisonRow[] }[]): Child {
  return part('What to try next', () => {
    const steps = groups.flatMap(({ name, rows }) =>
      nextSteps(rows).map((step) => ({ ...step, name })),
    );
    if (steps.length === 0) return null;
    return (
      <>
        <h2>What to try next</h2>
        <ul>
          {steps.map(({ name, seen, advice }) => (
            <li>
              {groups.length > 1 && `${name}: `}
              {seen} <strong>{advice}</strong>
            </li>
          ))}
        </ul>
      </>
    );
  });
}
