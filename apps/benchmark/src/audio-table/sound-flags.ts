import { Command, InvalidArgumentError, Option } from 'commander';
import { count, countOrZero, filePath, listOf, positive } from '../command-line/flags.js';
import type { SoundsConfig } from '../config/run-config.js';
import { SOUND_LAYOUTS } from '../data/datasets.js';
import type { TestEach } from './rows.js';

/** Flags for the layout of a folder of sounds and for the front end. */
export interface SoundFlags {
  layout?: SoundsConfig['layout'];
  tasks?: string[];
  pattern?: string;
  testWhere?: Record<string, string[]>;
  testEach?: TestEach;
  source?: string;
  tableFile?: string;
  splitColumn?: string;
  sourceColumn?: string;
  labelSeparator?: string;
  classWeights?: SoundsConfig['classWeights'];
  testFold?: number;
  sampleRate?: number;
  seconds?: number;
  bands?: number;
  specAugment?: SoundsConfig['specAugment'];
}

/** Adds the flags of a folder of sounds. */
export function withSoundFlags(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--layout <name>',
        'audio: layout of the folder, which gives the labels (default: folder)',
      ).choices(SOUND_LAYOUTS),
    )
    .option('--tasks <names>', 'audio: tasks to learn, separated by commas', (text) =>
      eachOnce(text.split(',')),
    )
    .option(
      '--pattern <text>',
      "audio: pattern of file names, such as '{digit}_{speaker}_{index}.wav'",
    )
    .option(
      '--test-where <field=values>',
      'audio: values of a pattern field that select test files, such as index=0,1,2; ' +
        'repeat it for each field',
      collectRule,
    )
    .addOption(
      new Option(
        '--test-each <field=values>',
        'audio: values of a pattern field that select the test files one after the other, each ' +
          'with networks of its own, such as speaker=ann,bob',
      )
        .argParser(testEachOf)
        .conflicts('testWhere'),
    )
    .option(
      '--source <field>',
      'audio: pattern field that names the source of a sound, such as speaker; a source in both ' +
        'sets is an error',
    )
    .option('--table-file <name>', 'audio: CSV file in the folder, for layout table', filePath)
    .option(
      '--split-column <name>',
      'audio: column with train or test, for layout table (default: a hash of each source decides)',
    )
    .option(
      '--source-column <name>',
      'audio: column that names the source of a sound, for layout table; a source in both sets is ' +
        'an error',
    )
    .option(
      '--label-separator <text>',
      "audio: text between several labels in a cell, for layout table, such as ';'; the score is " +
        'then mAP (default: one label)',
    )
    .addOption(
      new Option(
        '--class-weights <name>',
        'audio: weigh the classes in the loss, balanced by their frequency (default: none)',
      ).choices(['balanced']),
    )
    .option('--test-fold <number>', 'audio: test fold of ESC-50', count)
    .option('--sample-rate <hertz>', 'audio: sample rate (default: 16000)', count)
    .option('--seconds <number>', 'audio: length of the network’s input (default: 1)', positive)
    .option('--bands <count>', 'audio: number of mel bands (default: 64)', count)
    .option(
      '--spec-augment <F,mF,T,mT>',
      'audio: SpecAugment masks on training spectrograms: widest mask in bands, number of them, ' +
        'longest mask in frames, number of them (default: none)',
      specAugmentOf,
    );
}

/** @throws Error if a flag of sounds comes with a table of images. */
export function requireNoSoundFlags(what: string, flags: SoundFlags): void {
  const given = withSoundFlags(new Command()).options.find(
    (option) => flags[option.attributeName() as keyof SoundFlags] !== undefined,
  );
  if (given) throw new Error(`${given.long} is for 'table audio', and not for ${what}`);
}

/** Parses the masks of SpecAugment. */
function specAugmentOf(text: string): SoundsConfig['specAugment'] {
  const values = listOf(countOrZero)(text);
  if (values.length !== 4) {
    throw new InvalidArgumentError(`must be four integers F,mF,T,mT, got '${text}'`);
  }
  const [frequencyWidth, frequencyMasks, timeWidth, timeMasks] = values as [
    number,
    number,
    number,
    number,
  ];
  return { frequencyWidth, frequencyMasks, timeWidth, timeMasks };
}

function collectRule(text: string, before: Record<string, string[]> = {}) {
  const { field, values } = ruleOf(text);
  if (!Object.hasOwn(before, field)) return { ...before, [field]: values };
  throw new InvalidArgumentError(`must name each field once, got '${field}' twice`);
}

/** Parses the values of a field that are tested one after the other. */
function testEachOf(text: string): TestEach {
  return ruleOf(text);
}

function eachOnce(values: string[]): string[] {
  const twice = values.find((value, i) => values.indexOf(value) < i);
  if (twice === undefined) return values;
  throw new InvalidArgumentError(`must name each value once, got '${twice}' twice`);
}

function ruleOf(text: string): { field: string; values: string[] } {
  const split = text.indexOf('=');
  const [field, values] = [text.slice(0, Math.max(split, 0)), text.slice(split + 1)];
  if (!field || !values) {
    throw new InvalidArgumentError(`must be <field>=<value>,<value>, got '${text}'`);
  }
  return { field, values: eachOnce(values.split(',')) };
}
