import { isDeepStrictEqual } from 'node:util';
import type { ComparisonRow } from '../comparison.js';
import { formatAccuracy, formatCount, formatShare, formatStrideChange } from '../format.js';
import type { RunConfig } from '../run-config.js';
import { audioWidths } from '../run-model.js';
import type { RunResult } from '../run-result.js';
import { costPlot } from './cost.js';
import { accuracyPlot, lossPlot } from './curves.js';
import { escapeHtml, page } from './html.js';
import { maskPlot } from './masks.js';
import { shiftPlot } from './shift.js';
import { stridePlot } from './strides.js';

/** What a report is about, besides its runs. */
export interface ReportContext {
  /** The preset's name, as the reader would type it. */
  preset: string;
  /** The recipe that was followed in full; `null`: a quick run. */
  protocol: string | null;
  /** The command that made it. */
  command: string;
  /** When it was asked for, ISO 8601. */
  date: string;
}

/** A comparison as one self-contained HTML page. */
export function comparisonReport(rows: ComparisonRow[], context: ReportContext): string {
  const runs = rows.flatMap((row) => row.runs);
  const first = runs[0]!;
  const learned = runs.filter(hasLearnedStrides);
  const shift = runs.find((run) => run.shift)?.shift;
  const sections = [
    `<h1>From strides (${first.config.strides.slice(2).join(', ')}): ${titleOf(rows)}</h1>`,
    protocol(first, runs, context),
    comparisonTable(rows),
    figure(
      'Accuracy',
      accuracyPlot(rows),
      'Test accuracy after each epoch; thin lines are runs, thick ones their mean.',
    ),
    figure('Loss', lossPlot(rows), 'Loss on the training batches, a running mean for each run.'),
    figure(
      'Shifts',
      shiftPlot(rows),
      shift
        ? `Probability of the right class as ${shift.images} test images are shifted diagonally, circularly; thin lines are runs. Consistency in the table is over pairs of shifts of up to ${shift.maxShift} pixels.`
        : 'No run has come to its shifts yet.',
    ),
    ...learnedSections(learned),
    figure(
      'Cost by layer',
      costPlot(rows),
      'Multiply-adds of convolutions and dense layers for one image, at the final strides of the first run. A pooling stands behind a convolution at stride 1, which costs more than a strided convolution; learned strides decide how much the later stages cost.',
    ),
    details(runs, context),
  ];
  return page(`${first.dataset}: ${titleOf(rows)}`, sections.join('\n'));
}

/** Names in a title, beyond which it only counts them. */
const NAMES_IN_TITLE = 5;

function titleOf(rows: ComparisonRow[]): string {
  return rows.length > NAMES_IN_TITLE
    ? `${rows.length} ways of downsampling`
    : escapeHtml(rows.map(({ pooling }) => pooling).join(', '));
}

function hasLearnedStrides({ initial, final }: RunResult): boolean {
  return Object.entries(initial.strides).some(
    ([layer, pair]) => pair.join() !== final.strides[layer]?.join(),
  );
}

function learnedSections(learned: RunResult[]): string[] {
  if (learned.length === 0) return [];
  return [
    figure(
      'Strides as they train',
      stridePlot(learned),
      'Strides of each pooling layer over training; a line for each axis and run.',
    ),
    figure(
      'Masks',
      maskPlot(learned[0]!),
      `What each pooling lets through of its input’s spectrum, before and after training (seed ${learned[0]!.config.seed}). Yellow passes, dark blue is cut; a layer’s input may itself have grown or shrunk.`,
    ),
  ];
}

export function protocol(first: RunResult, runs: RunResult[], context: ReportContext): string {
  const { config, dataset } = first;
  const seeds = new Set(runs.map((run) => run.config.seed)).size;
  const things = first.sound ? 'sounds' : 'images';
  const what = `${networkOf(first)} on ${first.images.train.toLocaleString('en')} training ${things} of ${escapeHtml(dataset)}, ${config.epochs} ${config.epochs === 1 ? 'epoch' : 'epochs'} in batches of ${config.batchSize}, tested on ${first.images.test.toLocaleString('en')} test ${things}${first.sound ? ` (${escapeHtml(first.sound.split)})` : ''}; ${seeds} ${seeds === 1 ? 'seed' : 'seeds'}. All poolings ${first.sound ? 'heard' : 'saw'} the same ${things} in the same order for the same number of steps.`;
  const configured = [...new Map(runs.map((run) => [run.config.pooling, run.config.poolingConfig]))]
    .filter(([, options]) => Object.keys(options).length > 0)
    .map(
      ([pooling, options]) =>
        `${escapeHtml(pooling)} with <code>${escapeHtml(JSON.stringify(options))}</code>`,
    )
    .join(', ');
  const kind = context.protocol
    ? `This follows ${escapeHtml(context.protocol)}.`
    : `<strong>This is a quick run (preset <code>${escapeHtml(context.preset)}</code>), not the paper’s protocol</strong>: its numbers compare with each other and not with the paper’s.`;
  const stopped = runs.some((run) => run.stopped)
    ? '<p><strong>Stopped before its end:</strong> the numbers are those at the moment it was stopped.</p>'
    : '';
  return `<p>${what}${configured ? ` Options: ${configured}.` : ''}</p>\n<p>${kind}</p>\n${stopped}`;
}

function networkOf({ config, sound }: RunResult): string {
  const { variant, width } = config;
  if (!sound)
    return `ResNet-18 (${variant === 'preact' ? 'pre' : 'post'}-activation) of width ${width}`;
  const { sampleRate, bands } = sound.frontEnd;
  return `A CNN of ${config.strides.length} blocks (${audioWidths(config).join(', ')} filters) on log-mel spectrograms (${bands} bands, ${sound.seconds} s at ${sampleRate.toLocaleString('en')} Hz)`;
}

function comparisonTable(rows: ComparisonRow[]): string {
  const cells = rows.map((row) => {
    const each = row.runs.map((run) => formatShare(run.accuracy)).join(', ');
    const strides = [...new Set(row.runs.map(formatStrideChange))].join('<br>');
    return `<tr><td>${escapeHtml(row.pooling)}</td><td title="${each}">${formatAccuracy(row)}</td><td>${formatShare(row.shiftConsistency)}</td><td>${row.complexity.toFixed(2)}</td><td>${formatCount(row.macs)}</td><td>${Math.round(row.imagesPerSecond)}</td><td>${strides}</td></tr>`;
  });
  return `<div class="scroll"><table>
<thead><tr><th>pooling</th><th>test accuracy</th><th>shift consistency</th><th>J</th><th>MACs/image</th><th>images/s</th><th>initial → final strides</th></tr></thead>
<tbody>${cells.join('\n')}</tbody>
</table></div>
<p class="note">Mean ± sample standard deviation over seeds. Shift consistency: share of equal predictions for pairs of circular shifts (Zhang 2019). J is the paper’s complexity Σ Π 1/(S<sub>h</sub>S<sub>w</sub>) over all poolings, the stem’s included; strides are those of stages 2 to 4, S<sub>h</sub>×S<sub>w</sub>. Images per second: median over training steps, one core a run.</p>`;
}

export function figure(title: string, svg: string, caption: string): string {
  return `<h2>${title}</h2>\n<figure>${svg}<figcaption>${caption}</figcaption></figure>`;
}

/** How runs were made: the command, the machine, and what their configurations have in common. */
export function details(runs: RunResult[], context: ReportContext): string {
  const { config, environment, backend, parameters } = runs[0]!;
  const isShared = ([key, value]: [string, unknown]) =>
    runs.every((run) => isDeepStrictEqual(run.config[key as keyof RunConfig], value));
  const shared = Object.fromEntries(Object.entries(config).filter(isShared));
  return `<h2>How it was made</h2>
<pre><code>${escapeHtml(context.command)}</code></pre>
<p class="note">${context.date.slice(0, 16).replace('T', ' ')} UTC; ${escapeHtml(
    Object.entries(environment)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  )}; backend ${backend.name} (${escapeHtml(backend.reason)}); ${parameters.toLocaleString('en')} parameters.</p>
<details><summary>Configuration shared by all runs</summary><pre><code>${escapeHtml(JSON.stringify(shared, null, 2))}</code></pre></details>`;
}
