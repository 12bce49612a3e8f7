import '@tensorflow/tfjs';
import * as tf from '@tensorflow/tfjs';
import { beforeAll, describe, expect, it } from 'vitest';
import { checks } from '../src/bad-input/checks.js';
import { dataTables } from '../src/bad-input/data.js';
import { exportTables } from '../src/bad-input/export.js';
import { fft } from '../src/bad-input/fft.js';
import { graphTables } from '../src/bad-input/graph.js';
import { kernelsTables } from '../src/bad-input/kernels.js';
import { layersTables } from '../src/bad-input/layers.js';
import { masksTables } from '../src/bad-input/masks.js';
import { modelsTables } from '../src/bad-input/models.js';
import { trainTables } from '../src/bad-input/train.js';
import { faultsOf } from '../src/bad-input/trial.js';
import { weightsTables } from '../src/bad-input/weights.js';
import { entriesOf, publishedPackages } from '../src/published-packages.js';

const tables = {
  ...checks,
  ...fft,
  ...graphTables,
  ...kernelsTables,
  ...masksTables,
  ...layersTables,
  ...trainTables,
  ...modelsTables,
  ...dataTables,
  ...weightsTables,
  ...exportTables,
};
const entries = publishedPackages().flatMap((one) => [...entriesOf(one).keys()]);
const modules = new Map(
  await Promise.all(entries.map(async (name) => [name, await import(name)] as const)),
);

beforeAll(() => tf.setBackend('cpu'));

it('every function and class that a package exports has its bad inputs', () => {
  const known = new Set<unknown>();
  for (const [entry, table] of Object.entries(tables)) {
    for (const name of Object.keys(table)) known.add(modules.get(entry)?.[name]);
  }
  const missing = [...modules].flatMap(([entry, module]) =>
    Object.keys(module)
      .filter((name) => !known.has(module[name]))
      .map((name) => `${name} of ${entry}`),
  );
  expect(missing).toEqual([]);
  expect(known).not.toContain(undefined);
});

const tried = Object.entries(tables).flatMap(([entry, table]) =>
  Object.entries(table)
    .filter(([, calls]) => calls.length > 0)
    .map(([name, calls]) => [`${name} of ${entry}`, calls] as const),
);

describe('an export refuses bad input with an error that names it, and leaks nothing', () => {
  it.each(tried)('%s', async (_name, calls) => {
    const faults: string[] = [];
    for (const call of calls) faults.push(...(await faultsOf(call)));
    expect(faults).toEqual([]);
  });
});
