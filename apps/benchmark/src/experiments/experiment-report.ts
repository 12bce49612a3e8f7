/** The table of an experiment and its figures. */
export interface ExperimentReport {
  /** For the terminal. */
  text: string;
  csv: string;
  /** A self-contained page. */
  html: string;
  /** The table's rows, for programs. */
  rows: unknown[];
}
