import { statSync } from 'node:fs';
import path from 'node:path';
import { Argument, type Command, Option } from 'commander';
import { filePath } from '../command-line/flags.js';
import { withImports } from '../poolings/import-poolings.js';
import { requireNoResult } from '../run-folder/protected-output.js';
import { visibleText } from '../text/visible-text.js';
import { type ExportFormat, FORMATS } from './formats.js';

interface Flags {
  to: ExportFormat;
  output?: string;
  float16: boolean;
  freeze: boolean;
}

/** Adds `export`, which writes the network of a run in the format of another runtime. */
export function addExportCommand(program: Command): void {
  withImports(program.command('export'))
    .addArgument(new Argument('<run-folder>', 'folder of a trained run').argParser(filePath))
    .description(
      'write a trained network as ONNX, as a tfjs model, or as safetensors; for sounds and colour ' +
        'images, also the settings of its input with its labels, sound.json or image.json',
    )
    .addOption(
      new Option('--to <format>', 'format of the file')
        .choices(Object.keys(FORMATS))
        .makeOptionMandatory(),
    )
    .option(
      '--output <path>',
      'file, or folder of a tfjs model. Default: in the run folder',
      filePath,
    )
    .option('--float16', 'store kernels and matrices as float16 (not with tfjs)', false)
    .option(
      '--no-freeze',
      'keep the poolings of this project in a tfjs model; others get the same numbers',
    )
    .action(async (folder: string, { to, output, float16, freeze }: Flags) => {
      if (float16 && to === 'tfjs') {
        throw new Error(
          '--float16 must be given with --to onnx, graph-model or safetensors, got tfjs',
        );
      }
      if (output !== undefined) {
        requireFileName(to, output);
        requireNoResult(output);
      }
      // Registers the layers of saved networks.
      await import('@ds/layers');
      const { useOwnBackend } = await import('../process/own-backend.js');
      const { loadModel } = await import('../run-folder/saved-model.js');
      const { inputOfRun } = await import('../run-folder/input-of-run.js');
      const { writeInputFile } = await import('./input-file.js');
      const { writeModel } = await import('./write-model.js');
      await useOwnBackend('auto');
      const model = await loadModel(path.join(folder, 'model'));
      const input = await inputOfRun(folder);
      const file = output ?? path.join(folder, FORMATS[to]);
      await writeModel(model, { format: to, output: file, float16, freezes: freeze });
      process.stdout.write(`${visibleText(file)}\n`);
      if (!input) {
        const why = 'the run has no description of its input (grey images, or an earlier version)';
        process.stderr.write(`No image.json: ${why}.\n`);
        return;
      }
      process.stdout.write(`${visibleText(await writeInputFile(to, file, input))}\n`);
    });
}

/** @throws Error if the output of a format that is one file is a folder. */
function requireFileName(to: ExportFormat, output: string): void {
  if (!/\.\w+$/.test(FORMATS[to])) return;
  const isFolder =
    /[/\\]$/.test(output) || statSync(output, { throwIfNoEntry: false })?.isDirectory();
  if (isFolder) throw new Error(`--output must be a file for ${to}, got the folder ${output}`);
}
