import { describe, expect, it } from 'vitest';
import { parseProgress, parseResult, parseResultOf } from '../../src/queue/result-schema.js';
import { runResult } from '../run-result.js';

const good = () => JSON.parse(JSON.stringify(runResult('diffstride', 1, 0.5)));
const SCRIPT = '<script>alert(1)</script>';

/** The paths of all strings in a value, and of the keys of its records. */
function* strings(value: unknown, path: string[] = []): Generator<string[]> {
  if (typeof value === 'string') yield path;
  if (typeof value !== 'object' || value === null) return;
  for (const [key, one] of Object.entries(value)) yield* strings(one, [...path, key]);
}

function changed(path: string[], to: unknown) {
  const result = good();
  const last = path.at(-1)!;
  const holder = path.slice(0, -1).reduce((one, key) => one[key], result);
  holder[last] = to;
  return result;
}

describe('parseResult', () => {
  it('accepts a valid result unchanged', () => {
    const result = good();
    expect(parseResult(result)).toEqual(result);
    expect(parseResultOf(result.config, result)).toEqual(result);
  });

  it('keeps the fields for sounds', () => {
    const frontEnd = { sampleRate: 8000, frameLength: 200, hopLength: 80, bands: 8, norm: 'none' };
    const tasks = [{ name: 'word', classes: ['<unk>', 'yes'] }];
    const sound = { frontEnd, seconds: 1, mean: -3, std: 2, tasks, split: 'by a hash' };
    const result = { ...good(), sound, taskAccuracies: { word: 0.5 } };
    expect(parseResult(result)).toEqual(result);
  });

  it('accepts null for a loss that was not finite', () => {
    expect(parseResult(changed(['steps', '0', 'loss'], null)).steps[0]!.loss).toBeNaN();
  });

  const paths = [...strings(good())].filter(([first]) => first !== 'config');
  it.each(paths.map((path) => [path.join('.'), path]))('rejects markup in %s', (_, path) => {
    expect(() => parseResult(changed(path, SCRIPT))).toThrow('result: ');
  });

  it.each([
    ['a layer', ['initial', 'strides', SCRIPT], [1, 1]],
    ['the environment', ['environment', SCRIPT], 'x'],
    ['a task', ['taskAccuracies'], { [SCRIPT]: 1 }],
    ['a step', ['steps', '0', 'strides'], { [SCRIPT]: [1, 1] }],
    ['text for a number', ['images', 'train'], SCRIPT],
    ['the accuracy', ['accuracy'], SCRIPT],
    ['a stride', ['final', 'strides', 'stem.pool'], [SCRIPT, 1]],
    ['the configuration', ['config', 'pooling'], SCRIPT],
    ['steps that are not a list', ['steps'], { length: 1e9 }],
  ])('rejects %s', (_, path, to) => {
    expect(() => parseResult(changed(path, to))).toThrow('result: ');
  });

  it('removes unknown fields', () => {
    expect(parseResult({ ...good(), html: SCRIPT })).toEqual(good());
  });

  it('rejects the result of another run', () => {
    const { config } = runResult('conv', 1, 0.5);
    expect(() => parseResultOf(config, good())).toThrow(/must be that of conv-seed1-\w+, got that/);
  });
});

describe('parseProgress', () => {
  const progress = {
    ...{ step: 1, totalSteps: 2, epoch: 0, loss: 1, accuracy: 0, imagesPerSecond: 9 },
    ...{ strides: {}, testAccuracy: null },
  };
  it('accepts valid progress only', () => {
    expect(parseProgress(progress)).toEqual(progress);
    expect(parseProgress({ ...progress, step: '\u001b[2J' })).toBeNull();
    expect(parseProgress(0)).toBeNull();
  });
});
