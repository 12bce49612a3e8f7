/** A share in percent, such as `16.2 %`. Its number and its sign stay on one line. */
export function percent(share: number, digits = 0): string {
  return `${(100 * share).toFixed(digits)}\u00a0%`;
}
