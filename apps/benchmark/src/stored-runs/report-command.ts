import type { Command } from 'commander';
import { filePath } from '../command-line/flags.js';
import type { ReportFlags } from './report-runs.js';

/** Adds `report`, which compares finished runs without training. */
export function addReportCommand(program: Command): void {
  program
    .command('report')
    .description(
      'compare finished runs of one or more folders, without training: say what differs, ' +
        'print the table, write the report',
    )
    .argument('<folders...>', 'run folders (<output>/runs/<id>), or folders that contain them')
    .option('--output <folder>', 'folder for report, CSV and JSON', filePath, 'runs/report')
    .option('--json', 'print the table as JSON', false)
    .action(async (folders: string[], flags: ReportFlags) => {
      const { reportRuns } = await import('./report-runs.js');
      await reportRuns(folders, flags);
    });
}
