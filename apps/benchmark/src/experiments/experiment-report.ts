/** The table of an experiment and its figures. */
export interface ExperimentReport {
  /** The table for the terminal. */
  text: string;
  csv: string;
  /** A self-contained HTML page. */
  html: string;
  /** The table's rows, for programs. */
  rows: unknown[];
}
