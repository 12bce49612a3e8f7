import { Command } from 'commander';
import { describe, expect, it, vi } from 'vitest';
import { addCommands } from '../../src/add-commands.js';
import { complete } from '../../src/completion/complete.js';
import { knownPoolings } from '../../src/poolings/import-poolings.js';

const program = new Command('ds-benchmark');
addCommands(program);

/** The completions of the last word, and what the shell does besides: 0 completes paths. */
function completionsOf(...words: string[]): { values: string[]; directive: string } {
  const lines: string[] = [];
  const spies = [
    vi.spyOn(console, 'log').mockImplementation((line) => void lines.push(line)),
    vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
      lines.push(String(text).trimEnd());
      return true;
    }),
  ];
  complete(program, words);
  for (const spy of spies) spy.mockRestore();
  return {
    values: lines.slice(0, -1).map((line) => line.split('\t')[0]!),
    directive: lines.at(-1)!,
  };
}

describe('complete', () => {
  it('names the commands, and no hidden one', () => {
    const { values } = completionsOf('');
    expect(values).toEqual(expect.arrayContaining(['train', 'list', 'report', 'completion']));
    expect(values).not.toContain('complete');
    expect(completionsOf('tra').values).toEqual(['train', 'tradeoff']);
    expect(completionsOf('queue', 'c').values).toEqual(['cancel', 'clean']);
  });

  it('names the flags of a command', () => {
    expect(completionsOf('train', '--pool').values).toEqual(['--pooling']);
    expect(completionsOf('speed', '--no-t').values).toEqual(['--no-torch']);
    expect(completionsOf('queue', 'clean', '--a').values).toEqual(['--all']);
    expect(completionsOf('list', '--poo').values).toEqual([]);
  });

  it('names values: poolings, datasets, presets, and choices of an argument', () => {
    expect(completionsOf('train', '--pooling', '').values).toEqual(['conv', ...knownPoolings()]);
    expect(completionsOf('train', '--dataset', 'ci').values).toEqual(['cifar10', 'cifar100']);
    expect(completionsOf('train', '--preset', '').values).toEqual([
      'smoke',
      'quick',
      'medium',
      'full',
    ]);
    expect(completionsOf('table', 'ci').values).toEqual(['cifar10', 'cifar100']);
  });

  it('completes the last of several poolings, and none twice', () => {
    expect(completionsOf('compare', '--poolings', 'a').values).toContain('all');
    expect(completionsOf('compare', '--poolings', 'max-blur,max').values).toEqual(['max-blur,max']);
  });

  it.each([
    [['train', '--output', '']],
    [['train', '--output=ru']],
    [['train', '--seed', '2', '--config', 'a']],
    [['report', 'runs/a', '']],
    [['sweep', 'wid']],
    [['export', '--to', 'onnx', '']],
    [['swap', 'mod']],
  ])('leaves paths to the shell: %j', (words) => {
    expect(completionsOf(...words)).toEqual({ values: [], directive: ':0' });
  });

  it.each([[['train', '--epochs', '']], [['cost', '']], [['export', 'a', '']]])(
    'offers no paths where none is wanted: %j',
    (words) => {
      expect(completionsOf(...words)).toEqual({ values: [], directive: ':4' });
    },
  );
});
