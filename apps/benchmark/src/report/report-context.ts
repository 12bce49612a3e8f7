/** What a report is about, besides its runs. */
export interface ReportContext {
  /** The preset's name, as the reader would type it. */
  preset: string;
  /** The recipe that was followed in full; `null`: a quick run. */
  protocol: string | null;
  /** The command that made it. */
  command: string;
  /** When it was asked for, ISO 8601. */
  date: string;
}
