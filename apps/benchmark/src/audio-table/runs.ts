import { type Command, InvalidArgumentError, Option } from 'commander';
import type { RunFile } from '../config-file.js';
import type { CommandRuns } from '../experiments/experiment-command.js';
import { filePath, number } from '../flags.js';
import { parseWith } from '../parse-with.js';
import { type RunConfig, type SoundsConfig, soundsSchema } from '../run-config.js';

/** Flags that say how a folder of sounds is laid out and heard. */
export interface SoundFlags {
  layout?: SoundsConfig['layout'];
  tasks?: string[];
  pattern?: string;
  testWhere?: Record<string, string[]>;
  tableFile?: string;
  testFold?: number;
  sampleRate?: number;
  seconds?: number;
  bands?: number;
}

/** Adds them. */
export function withSoundFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--layout <name>',
        'audio: how the folder says what its sounds are (default: folder)',
      ).choices(soundsSchema.shape.layout.options),
    )
    .option('--tasks <names>', 'audio: what is to be told, joined by commas', (text) =>
      text.split(','),
    )
    .option('--pattern <text>', "audio: how files are named, '{digit}_{speaker}_{index}.wav'")
    .option(
      '--test-where <field=values>',
      'audio: values of a field of the pattern that test, index=0,1,2; once for each field',
      collectRule,
    )
    .option(
      '--table-file <name>',
      'audio: the CSV file of layout table, inside the folder',
      filePath,
    )
    .option('--test-fold <number>', 'audio: the fold of ESC-50 that tests', number)
    .option('--sample-rate <hertz>', 'audio: (default: 16000)', number)
    .option('--seconds <number>', 'audio: length of what the network hears (default: 1)', number)
    .option('--bands <count>', 'audio: mel bands (default: 64)', number);
}

/** Tasks that a layout has by itself. */
const TASKS: Partial<Record<SoundsConfig['layout'], string[]>> = {
  'speech-commands': ['word'],
  nsynth: ['instrument_family_str', 'pitch'],
  esc50: ['category'],
  folder: ['class'],
};

/** The runs of `table audio`: each task alone, and all together if there are several, with every pooling. */
export function audioRuns(
  flags: SoundFlags & { poolings?: string[] },
  file: RunFile,
  make: (decided: Pick<RunFile, 'pooling' | 'seed' | 'sounds' | 'strides'>) => RunConfig,
  seeds: number[],
): CommandRuns {
  const poolings = flags.poolings ?? ['conv', 'max', 'spectral', 'diffstride'];
  const sounds = soundsOf(flags, file);
  const tasks = sounds.tasks ?? TASKS[sounds.layout] ?? [];
  const groups = [...tasks.map((task) => [task]), ...(tasks.length > 1 ? [tasks] : [])];
  const strides = file.strides ?? [2, 2, 2, 2];
  return {
    spec: { experiment: 'audio', groups, poolings },
    configs: groups
      .toReversed()
      .flatMap((group) =>
        poolings.flatMap((pooling) =>
          seeds.map((seed) =>
            make({ pooling, seed, strides, sounds: { ...sounds, tasks: group } }),
          ),
        ),
      ),
    what: `${poolings.join(', ')} on ${tasks.join(', ')}${tasks.length > 1 ? ', each alone and together' : ''}`,
  };
}

function soundsOf(flags: SoundFlags, file: RunFile): SoundsConfig {
  const { layout, tasks, pattern, testWhere, tableFile, testFold } = flags;
  const { sampleRate, seconds, bands } = flags;
  const given = { layout, tasks, pattern, test: testWhere, table: tableFile, testFold };
  const said = Object.entries({ ...given, sampleRate, seconds, bands });
  const whole = {
    ...file.sounds,
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
  };
  return parseWith(soundsSchema, { layout: 'folder', ...whole }, 'sounds');
}

function collectRule(text: string, before: Record<string, string[]> = {}) {
  const split = text.indexOf('=');
  const [field, values] = [text.slice(0, Math.max(split, 0)), text.slice(split + 1)];
  if (!field || !values) {
    throw new InvalidArgumentError(`must be <field>=<value>,<value>, got '${text}'`);
  }
  return { ...before, [field]: values.split(',') };
}
