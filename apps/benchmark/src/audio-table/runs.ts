import type { RunFile } from '../config/config-file.js';
import { parseWith } from '../config/parse-with.js';
import { type RunConfig, type SoundsConfig, soundsSchema } from '../config/run-config.js';
import type { CommandRuns } from '../experiments/command-runs.js';
import type { SoundFlags } from './sound-flags.js';

/** Default tasks of a layout. */
const TASKS: Partial<Record<SoundsConfig['layout'], string[]>> = {
  'speech-commands': ['word'],
  nsynth: ['instrument_family_str', 'pitch'],
  esc50: ['category'],
  folder: ['class'],
};

/**
 * The runs of `table audio`: every pooling on each task alone, and on all tasks together.
 *
 * @throws Error that names `--tasks` if the layout has no default tasks and none are given.
 */
export function audioRuns(
  flags: SoundFlags & { poolings?: string[] },
  file: RunFile,
  make: (decided: Pick<RunFile, 'pooling' | 'seed' | 'sounds' | 'strides'>) => RunConfig,
  seeds: number[],
): CommandRuns {
  const poolings = flags.poolings ?? ['conv', 'max', 'spectral', 'diffstride'];
  const sounds = soundsOf(flags, file);
  const tasks = sounds.tasks ?? TASKS[sounds.layout];
  if (!tasks) {
    throw new Error(`table audio: --tasks must be given for layout ${sounds.layout}, got none`);
  }
  const groups = [...tasks.map((task) => [task]), ...(tasks.length > 1 ? [tasks] : [])];
  const strides = file.strides ?? [2, 2, 2, 2];
  const { testEach } = flags;
  const tests = testEach
    ? testEach.values.map((value) => ({ test: { [testEach.field]: [value] } }))
    : [{}];
  return {
    spec: { experiment: 'audio', groups, poolings, ...(testEach && { testEach }) },
    configs: groups
      .toReversed()
      .flatMap((group) =>
        tests.flatMap((test) =>
          poolings.flatMap((pooling) =>
            seeds.map((seed) =>
              make({ pooling, seed, strides, sounds: { ...sounds, ...test, tasks: group } }),
            ),
          ),
        ),
      ),
    what:
      `${poolings.join(', ')} on ${tasks.join(', ')}` +
      (tasks.length > 1 ? ', each alone and together' : '') +
      (testEach ? `, tested on each ${testEach.field} of ${testEach.values.join(', ')}` : ''),
  };
}

function soundsOf(flags: SoundFlags, file: RunFile): SoundsConfig {
  const { layout, tasks, pattern, testWhere, tableFile, testFold } = flags;
  const { source, splitColumn, sourceColumn, labelSeparator, classWeights } = flags;
  const { sampleRate, seconds, bands, specAugment } = flags;
  const given = { layout, tasks, pattern, test: testWhere, table: tableFile, testFold };
  const said = Object.entries({
    ...given,
    source,
    splitColumn,
    sourceColumn,
    labelSeparator,
    classWeights,
    sampleRate,
    seconds,
    bands,
    specAugment,
  });
  const whole = {
    ...file.sounds,
    ...Object.fromEntries(said.filter(([, value]) => value !== undefined)),
  };
  return parseWith(soundsSchema, { layout: 'folder', ...whole }, 'sounds');
}
