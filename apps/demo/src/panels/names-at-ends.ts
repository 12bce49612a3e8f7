/** The least distance between two names, in percent of the height. */
const GAP = 8;

/** Where the names of lines are, beside their ends and apart from each other, within 0 to 100. */
export function namesAtEnds<Line extends { probability: number }>(
  ends: Line[],
): (Line & { at: number })[] {
  const ordered = ends.toSorted((a, b) => a.probability - b.probability);
  const named: (Line & { at: number })[] = [];
  // From below, each name is above the one before, and leaves room for those that follow.
  for (const [i, end] of ordered.entries()) {
    const least = i === 0 ? 0 : named[i - 1]!.at + GAP;
    const most = 100 - GAP * (ordered.length - 1 - i);
    named.push({ ...end, at: Math.min(most, Math.max(least, end.probability)) });
  }
  return named;
}
