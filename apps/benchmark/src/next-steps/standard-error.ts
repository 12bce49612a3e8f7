/** A difference of this many standard errors is more than noise. */
export const STANDARD_ERRORS = 2;

/** The standard error of a share that was measured on `count` examples. */
export function errorOfShare(share: number, count: number): number {
  return Math.sqrt((share * (1 - share)) / count);
}
