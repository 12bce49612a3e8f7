import type { Command } from 'commander';
import { filePath, number } from '../flags.js';
import { interruption } from '../interruption.js';
import { columnsOf, fitted } from '../terminal-width.js';
import type { SpanOptions } from './learn-spans.js';

/** Steps between two printed lines. */
const EVERY = 25;

/** Adds `spans`: attention heads that learn how far to look back, on the characters of a text. */
export function addSpansCommand(program: Command): void {
  program
    .command('spans')
    .description(
      'train attention heads that learn how far to look back, on the characters of a text',
    )
    .option(
      '--text <file>',
      'a text of some thousand characters (default: this project’s licence)',
      filePath,
    )
    .option('--steps <count>', 'training steps', number, 300)
    .option('--batch <count>', 'windows a step', number, 16)
    .option('--window <count>', 'characters seen at a time', number, 128)
    .option('--layers <count>', 'attention layers', number, 2)
    .option('--heads <count>', 'heads a layer', number, 4)
    .option('--head-size <count>', 'numbers a head works with', number, 16)
    .option('--max-span <count>', 'largest span, in characters', number, 100)
    .option('--smoothness <count>', 'R of the ramp, in characters', number, 8)
    .option('--initial-span <count>', 'where every span starts', number, 30)
    .option('--penalty <factor>', 'λ on the mean span of a layer', number, 5e-5)
    .option('--learning-rate <rate>', 'of Adam', number, 0.003)
    .option('--span-learning-rate-scale <factor>', 'of the spans, on top', number, 60)
    .option('--seed <number>', 'of weights and windows', number, 1)
    .option('--json', 'print the result for programs')
    .action(async (flags: SpanOptions & { json?: boolean }) => {
      const { learnSpans } = await import('./learn-spans.js');
      const { spanTable } = await import('./span-table.js');
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
      print(
        `${corpus}, ${alphabet} different characters, ${steps} steps: ${bits.before.toFixed(2)} → ${bits.after.toFixed(2)} bits a character on text not trained on.`,
      );
      print(
        `Attention at the last layer's spans: ${attention.learned.toFixed(1)} ms a batch, with all of them at ${flags.maxSpan}: ${attention.full.toFixed(1)} ms.`,
      );
    });
}
