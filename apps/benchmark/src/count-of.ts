/** How many examples a run takes: as many as it wants, but no more than there are. */
export function countOf(wanted: number | 'all', available: number): number {
  return wanted === 'all' ? available : Math.min(wanted, available);
}
