import type { Child } from 'hono/jsx';
import type { RunConfig } from '../config/run-config.js';
import { shortageOf } from '../data/shortage.js';
import { audioWidths, widthMultiplier } from '../network/run-model.js';
import type { RunResult } from '../run/run-result.js';
import { wordingOf } from '../text/wording.js';
import { part } from './part.js';
import { isOwnData } from './recipe-caveat.js';
import { NO_PRESET, type ReportContext } from './report-context.js';

/** The network, the data, and the deviations from a published recipe. */
export function protocol(runs: RunResult[], context: ReportContext): Child {
  return part('What was trained', () => {
    const shortages = [...new Set(runs.flatMap((run) => shortageOf(run) ?? []))];
    return (
      <>
        <p>
          {whatWasTrained(runs)} {options(runs)}
        </p>
        {shortages.map((shortage) => (
          <p>{shortage}</p>
        ))}
        {notes(runs)}
        <p>{recipe(context, runs[0]!.config)}</p>
        {runs.some((run) => run.stopped) && (
          <p>
            <strong>Stopped before its end:</strong> the numbers are those at the moment it was
            stopped.
          </p>
        )}
      </>
    );
  });
}

/** Notes of the dataset loader about files it skipped, guessed or truncated, without repeats. */
function notes(runs: RunResult[]): Child {
  const all = [...new Set(runs.flatMap((run) => run.notes ?? []))];
  if (all.length === 0) return null;
  return (
    <>
      <p>Of the files:</p>
      <ul>
        {all.map((note) => (
          <li>{note}</li>
        ))}
      </ul>
    </>
  );
}

function whatWasTrained(runs: RunResult[]): string {
  const { things, perceived } = wordingOf(runs[0]!.config);
  const seeds = new Set(runs.map((run) => run.config.seed)).size;
  const each = (textOf: (run: RunResult) => string) => alternatives(runs.map(textOf));
  const epochs = each(({ config }) => `${config.epochs}`);
  const shared = isSameTraining(runs)
    ? ` All poolings ${perceived} the same ${things} in the same order for the same number of steps.`
    : '';
  return (
    `${networksOf(runs)} on ${each(({ images }) => images.train.toLocaleString('en'))} training ` +
    `${things} of ${each(({ dataset }) => dataset)}, ${epochs} ` +
    `${epochs === '1' ? 'epoch' : 'epochs'} in batches of ` +
    `${each(({ config }) => `${config.batchSize}`)}, tested on ${each(testedOn)}; ` +
    `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}.${shared}`
  );
}

/** `8, 16 or 32`, each of them once. */
function alternatives(texts: string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(new Set(texts));
}

/** Whether there are several poolings, and each had the examples, seeds and steps of the others. */
function isSameTraining(runs: RunResult[]): boolean {
  const poolings = [...new Set(runs.map(({ config }) => config.pooling))];
  const trainings = runs.map(({ config, dataset, images }) => {
    const { epochs, batchSize, validationImages } = config;
    return `${[dataset, images.train, validationImages, epochs, batchSize]}`;
  });
  const seeds = poolings.map((pooling) => {
    const own = runs.filter(({ config }) => config.pooling === pooling);
    return `${[...new Set(own.map(({ config }) => config.seed))].sort((a, b) => a - b)}`;
  });
  return poolings.length > 1 && new Set(trainings).size === 1 && new Set(seeds).size === 1;
}

/** `2,000 test images`, or held-out ones. */
function testedOn({ config, images, sound }: RunResult): string {
  const count = images.test.toLocaleString('en');
  const { things } = wordingOf(config);
  return config.validationImages === undefined
    ? `${count} test ${things}${sound ? ` (${sound.split})` : ''}`
    : `${count} ${things} held out from training, and on none of the test set`;
}

/** `ResNet-18 (pre-activation) of width 8 or 16` */
function networksOf(runs: RunResult[]): string {
  const networks = runs.map(networkOf);
  const kinds = [...new Set(networks.map(({ kind }) => kind))];
  return alternatives(
    kinds.map((kind) => {
      const widths = networks.filter((one) => one.kind === kind).map(({ width }) => width);
      return `${kind} ${alternatives(widths)}`.trim();
    }),
  );
}

/** A network, and its width if that is one number. */
function networkOf({ config, sound }: RunResult): { kind: string; width: string } {
  const { model, variant, width } = config;
  if (model === 'mobilenet-v2') {
    return { kind: 'MobileNetV2 of width multiplier', width: `${widthMultiplier(width)}` };
  }
  if (!sound) {
    const kind = `ResNet-18 (${variant === 'preact' ? 'pre' : 'post'}-activation) of width`;
    return { kind, width: `${width}` };
  }
  const { sampleRate, bands } = sound.frontEnd;
  const filters = audioWidths(config).join(', ');
  const kind =
    `A CNN of ${config.strides.length} blocks (${filters} filters) on log-mel spectrograms ` +
    `(${bands} bands, ${sound.seconds} s at ${sampleRate.toLocaleString('en')} Hz)`;
  return { kind, width: '' };
}

function options(runs: RunResult[]): Child {
  const all = runs.map(({ config }) => [config.pooling, JSON.stringify(config.poolingConfig)]);
  const configured = [...new Map(all.map((one) => [`${one}`, one])).values()].filter(
    ([, own]) => own !== '{}',
  );
  if (configured.length === 0) return null;
  return (
    <>
      Options:{' '}
      {configured.map(([pooling, own], i) => (
        <>
          {i > 0 && ', '}
          {pooling} with <code>{own}</code>
        </>
      ))}
      .
    </>
  );
}

function recipe({ protocol: followed, preset }: ReportContext, config: RunConfig): Child {
  if (followed) return `This follows ${followed}.`;
  if (preset === NO_PRESET) {
    return 'These runs have settings of their own: their numbers compare with each other only.';
  }
  const name = <code>{preset}</code>;
  // The paper has no numbers for the user's data.
  if (isOwnData(config)) {
    return preset === 'full' ? (
      <>This run (preset {name}) follows no published recipe.</>
    ) : (
      <>
        <strong>
          This is a {preset} run (preset {name})
        </strong>
        : longer training gives better numbers.
      </>
    );
  }
  return (
    <>
      <strong>
        {preset === 'full' ? (
          <>This run (preset {name}) is not the paper’s protocol</>
        ) : (
          <>
            This is a {preset} run (preset {name}), not the paper’s protocol
          </>
        )}
      </strong>
      : its numbers compare with each other and not with the paper’s.
    </>
  );
}
