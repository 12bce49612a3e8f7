/** Advice that follows from a result. */
export interface NextStep {
  /** What the result shows, as a sentence with its numbers. */
  seen: string;
  /** What to do about it, as a sentence. */
  advice: string;
}
