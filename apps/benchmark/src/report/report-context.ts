/** The context of a report, besides its runs. */
export interface ReportContext {
  /** The preset's name, as on the command line. */
  preset: string;
  /** The recipe that was followed in full; `null`: a quick run. */
  protocol: string | null;
  /** The command that made it. */
  command: string;
  /** The time of the command, in ISO 8601. */
  date: string;
}
