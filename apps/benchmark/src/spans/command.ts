import { type Command, Option } from 'commander';
import { count, filePath, integer, nonNegative, positive } from '../command-line/flags.js';
import { interruption } from '../process/interruption.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import type { SpanOptions } from './learn-spans.js';

/** Steps between printed lines. */
const EVERY = 25;

interface SpanFlags extends Omit<SpanOptions, 'initialSpan'> {
  initialSpan?: number;
  json?: boolean;
}

/** Adds `spans`, which trains attention heads with learned spans on the characters of a text. */
export function addSpansCommand(program: Command): void {
  program
    .command('spans')
    .description('train attention heads with learned spans on the characters of a text')
    .option(
      '--text <file>',
      'text of a few thousand characters (default: this project’s licence)',
      filePath,
    )
    .option('--steps <count>', 'training steps', count, 300)
    .option('--batch <count>', 'windows per step', count, 16)
    .option('--window <count>', 'characters per window', count, 128)
    .option('--layers <count>', 'attention layers', count, 2)
    .option('--heads <count>', 'heads per layer', count, 4)
    .option('--head-size <count>', 'dimension of each head', count, 16)
    .option('--max-span <count>', 'largest span, in characters', count, 100)
    .option('--smoothness <count>', 'R of the ramp, in characters', nonNegative, 8)
    .option(
      '--initial-span <count>',
      'initial span of every head, in characters (default: 30, or the largest if that is less)',
      nonNegative,
    )
    .option('--penalty <factor>', 'λ on the mean span of a layer', nonNegative, 5e-5)
    .option('--learning-rate <rate>', 'learning rate of Adam', positive, 0.003)
    .option(
      '--span-learning-rate-scale <factor>',
      'factor on the learning rate for the spans',
      nonNegative,
      60,
    )
    .addOption(
      new Option('--positions <kind>', 'one-hot positions, or learned embeddings of distances')
        .choices(['absolute', 'relative'])
        .default('absolute'),
    )
    .option('--seed <number>', 'seed of weights and windows', integer, 1)
    .option('--json', 'print the result as JSON')
    .action(async (given: SpanFlags) => {
      const { maxSpan, initialSpan = Math.min(30, maxSpan) } = given;
      if (initialSpan > maxSpan) {
        throw new Error(`--initial-span must be <= --max-span (${maxSpan}), got ${initialSpan}`);
      }
      const flags = { ...given, initialSpan };
      const { learnSpans } = await import('./learn-spans.js');
      const { savingText, spanTable } = await import('./span-table.js');
      const { signal, exitCode, release } = interruption(() => {});
      const print = (text: string) => {
        if (!flags.json) process.stdout.write(`${fitted(text, columnsOf(process.stdout))}\n`);
      };
      const result = await learnSpans({
        ...flags,
        signal,
        onStep: ({ step, bits, spans }) => {
          if (step % EVERY !== 0) return;
          const layers = spans.map((heads) => heads.map((span) => span.toFixed(0)).join(' '));
          print(`step ${step}: ${bits.toFixed(2)} bits/character, spans ${layers.join(' | ')}`);
        },
      });
      release();
      if (signal.aborted) process.exitCode = exitCode();
      if (flags.json) {
        process.stdout.write(`${JSON.stringify(result, null, 1)}\n`);
        return;
      }
      const { bits, attention, corpus, alphabet, steps } = result;
      print(spanTable(result, flags.maxSpan));
      print(savingText(result));
      print(
        `${corpus}, ${alphabet} different characters, ${steps} steps: ` +
          `${bits.before.toFixed(2)} → ${bits.after.toFixed(2)} bits per character ` +
          'on the validation text.',
      );
      print(
        `Attention at the last layer's spans: ${attention.learned.toFixed(1)} ms per batch; ` +
          `with all spans at ${flags.maxSpan}: ${attention.full.toFixed(1)} ms.`,
      );
    });
}
