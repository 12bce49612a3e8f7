import type { Child } from 'hono/jsx';
import { isOwnData } from '../recipe-caveat.js';
import type { RunConfig } from '../run-config.js';
import { audioWidths, widthMultiplier } from '../run-model.js';
import type { RunResult } from '../run-result.js';
import { shortageOf } from '../shortage.js';
import { wordingOf } from '../wording.js';
import { part } from './part.js';
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
  const first = runs[0]!;
  const { config, dataset, images } = first;
  const { things, perceived } = wordingOf(config);
  const seeds = new Set(runs.map((run) => run.config.seed)).size;
  const poolings = new Set(runs.map((run) => run.config.pooling)).size;
  const epochs = `${config.epochs} ${config.epochs === 1 ? 'epoch' : 'epochs'}`;
  const shared =
    poolings > 1
      ? ` All poolings ${perceived} the same ${things} in the same order for the same number of steps.`
      : '';
  return (
    `${networkOf(first)} on ${images.train.toLocaleString('en')} training ${things} of ` +
    `${dataset}, ${epochs} in batches of ${config.batchSize}, tested on ` +
    `${testedOn(first)}; ` +
    `${seeds} ${seeds === 1 ? 'seed' : 'seeds'}.${shared}`
  );
}

/** `2,000 test images`, or held-out ones. */
function testedOn({ config, images, sound }: RunResult): string {
  const count = images.test.toLocaleString('en');
  const { things } = wordingOf(config);
  return config.validationImages === undefined
    ? `${count} test ${things}${sound ? ` (${sound.split})` : ''}`
    : `${count} ${things} held out from training, and on none of the test set`;
}

function networkOf({ config, sound }: RunResult): string {
  const { model, variant, width } = config;
  if (model === 'mobilenet-v2') return `MobileNetV2 of width multiplier ${widthMultiplier(width)}`;
  if (!sound) {
    return `ResNet-18 (${variant === 'preact' ? 'pre' : 'post'}-activation) of width ${width}`;
  }
  const { sampleRate, bands } = sound.frontEnd;
  return `A CNN of ${config.strides.length} blocks (${audioWidths(config).join(', ')} filters) on log-mel spectrograms (${bands} bands, ${sound.seconds} s at ${sampleRate.toLocaleString('en')} Hz)`;
}

function options(runs: RunResult[]): Child {
  const configured = [
    ...new Map(runs.map(({ config }) => [config.pooling, config.poolingConfig])),
  ].filter(([, own]) => Object.keys(own).length > 0);
  if (configured.length === 0) return null;
  return (
    <>
      Options:{' '}
      {configured.map(([pooling, own], i) => (
        <>
          {i > 0 && ', '}
          {pooling} with <code>{JSON.stringify(own)}</code>
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
  // The paper has no numbers for data of one's own.
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
