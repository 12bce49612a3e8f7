/** Files of which a run folder has at least one, besides its configuration. */
const OF_A_RUN = ['environment.json', 'metrics.jsonl', 'summary.json'];

/** Whether a folder is that of a run, from the names of its files. */
export function isRun(names: readonly string[]): boolean {
  return names.includes('config.json') && OF_A_RUN.some((name) => names.includes(name));
}
