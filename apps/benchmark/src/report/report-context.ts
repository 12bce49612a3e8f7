/** The name of the preset where stored runs follow none. */
export const NO_PRESET = 'none';

/** The context of a report, besides its runs. */
export interface ReportContext {
  /** The preset's name, as on the command line, or {@link NO_PRESET}. */
  preset: string;
  /** The recipe that was followed in full; `null`: a quick run. */
  protocol: string | null;
  /** The command that made it. */
  command: string;
  /** The time of the command, in ISO 8601. */
  date: string;
  /** A sentence about stored runs that puts the numbers into perspective. */
  beside?: string;
}
