/** The number of examples in a run: the requested number, limited to those available. */
export function countOf(wanted: number | 'all', available: number): number {
  return wanted === 'all' ? available : Math.min(wanted, available);
}
