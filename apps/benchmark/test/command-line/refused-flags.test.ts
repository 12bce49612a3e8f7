import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCliHere } from '../command-line-here.js';

const folder = mkdtempSync(path.join(tmpdir(), 'refused-'));

/** A file in the folder. */
function written(name: string, text: string): string {
  const file = path.join(folder, name);
  writeFileSync(file, text);
  return file;
}

describe('flags that would have no effect are refused before the work:', () => {
  it.each<[what: string, args: string[], message: string]>([
    [
      'another dataset than that of a table',
      ['table', 'cifar10', '--dataset', 'mnist'],
      "table: --dataset must be left out or cifar10, which 'table cifar10' trains on, got mnist",
    ],
    [
      'another dataset in the file of a table',
      ['table', 'audio', '--config', written('mnist.yaml', 'dataset: mnist\n')],
      "mnist.yaml must be left out or sounds, which 'table audio' trains on, got mnist",
    ],
    [
      'sounds in a table of images',
      ['table', 'cifar10', '--sample-rate', '8000'],
      "--sample-rate is for 'table audio', and not for a table of images",
    ],
    [
      'cases of training in a timing of FFTs',
      ['speed', 'fft', '--only', 'conv'],
      "--only is for 'speed training', and not for 'speed fft'",
    ],
    [
      'a learner without learned strides',
      ['tradeoff', '--learner', 'conv'],
      '--learner must be a pooling with learned strides (diffstride, dct-diffstride), got conv',
    ],
    [
      'a learner of a search without learned strides',
      ['search', '--learner', 'spectral'],
      '--learner must be a pooling with learned strides (diffstride, dct-diffstride), got spectral',
    ],
    [
      'data without a test',
      ['freeze', 'a-run', '--no-test', '--data', 'my-pictures'],
      '--data is for the test, and not with --no-test',
    ],
    [
      'data beside a picture',
      ['truncate', '--image', 'a.png', '--data', 'cifar'],
      "option '--data <folder>' cannot be used with option '--image <file>'",
    ],
    [
      'the patience with a Redis without one',
      ['compare', '--redis-timeout', '5'],
      '--redis-timeout is for the runs of a --queue, and none is given',
    ],
    [
      'a queue for a plan',
      ['sweep', 'grid.yaml', '--plan', '--queue', 'redis://127.0.0.1:1'],
      '--queue is not for --plan, which trains nothing',
    ],
    [
      'a pooling twice',
      ['compare', '--poolings', 'conv,blur,conv'],
      "must name each pooling once, got 'conv' twice",
    ],
    [
      'a larger initial kernel than the largest',
      ['architecture', '--kernel-size', '3', '--initial-kernel-size', '5'],
      '--initial-kernel-size must be <= --kernel-size (3), got 5',
    ],
    [
      'a larger initial span than the largest',
      ['spans', '--max-span', '10', '--initial-span', '30'],
      '--initial-span must be <= --max-span (10), got 30',
    ],
    [
      'an image without channels',
      ['cost', '--input', '32,32'],
      '--input must be height, width and channels, got 32,32',
    ],
    [
      'a folder for a file',
      ['export', folder, '--to', 'onnx', '--output', folder],
      `--output must be a file for onnx, got the folder ${folder}`,
    ],
  ])('%s', async (_, args, message) => {
    const { code, output } = await runCliHere(args);
    expect(output.replace(/\s+/g, ' ')).toContain(message);
    expect(code).toBe(1);
  });

  it('cases that are not there, before an earlier result is overwritten', async () => {
    const earlier = written('speed.json', '{}');
    const { code, output } = await runCliHere(['speed', '--only', 'zzz', '--output', folder]);
    expect(output.replace(/\s+/g, ' ')).toContain(
      'speed: --only must be part of a case of the set full, whose groups are ',
    );
    expect(code).toBe(1);
    expect(readFileSync(earlier, 'utf8')).toBe('{}');
  });

  it.each([['--jobs'], ['--output'], ['--queue'], ['--json']])(
    'config has no %s, since it runs nothing',
    async (flag) => {
      const { code, output } = await runCliHere(['config', flag, '1']);
      expect([code, output]).toEqual([1, expect.stringContaining(`unknown option '${flag}'`)]);
    },
  );
});
