import { readdirSync, readFileSync } from 'node:fs';
import * as tf from '@tensorflow/tfjs';
import { expect, it } from 'vitest';

/** A registry that tfjs shares between its packages. */
const registry = (name: string) =>
  (globalThis as unknown as { _tfGlobals: Map<string, Map<string, unknown>> })._tfGlobals.get(
    name,
  )!;

function snapshot(): Map<string, unknown> {
  return new Map<string, unknown>([
    ...registry('kernelRegistry'),
    ...registry('gradRegistry'),
    ...Object.entries(tf.env().getFlags()),
    ...Object.getOwnPropertyNames(globalThis).map((name): [string, unknown] => [
      name,
      (globalThis as Record<string, unknown>)[name],
    ]),
    ['backend', tf.getBackend()],
  ]);
}

const classes = () => Object.keys(tf.serialization.SerializationMap.getMap().classNameMap);

interface Manifest {
  name: string;
  private?: boolean;
  exports: Record<string, string | { default: string }>;
}

/** The file of each entry of the packages that are published, by the entry's name. */
function entriesIn(folder: URL): Map<string, URL> {
  const entries = new Map<string, URL>();
  for (const name of readdirSync(folder)) {
    const home = new URL(`${name}/`, folder);
    const manifest: Manifest = JSON.parse(readFileSync(new URL('package.json', home), 'utf8'));
    if (manifest.private) continue;
    for (const [entry, target] of Object.entries(manifest.exports)) {
      if (typeof target === 'string') continue;
      entries.set(`${manifest.name}${entry.slice(1)}`, new URL(target.default, home));
    }
  }
  return entries;
}

const entries = entriesIn(new URL('../../../packages/', import.meta.url));

it('of every package changes nothing in tfjs, and adds classes of layers', async () => {
  expect([...entries.keys()]).toEqual(
    expect.arrayContaining(['@ds/checks', '@ds/graph', '@ds/layers/ops', '@ds/train/replicas']),
  );
  const before = snapshot();
  const known = classes();
  const packages = await Promise.all([...entries.values()].map(({ href }) => import(href)));
  const after = snapshot();
  const keys = new Set([...before.keys(), ...after.keys()]);
  expect([...keys].filter((key) => !Object.is(before.get(key), after.get(key)))).toEqual([]);

  const exported = packages.flatMap((one) => Object.values(one as object));
  const added = classes().filter((name) => !known.includes(name));
  const layers = exported
    .filter((one) => typeof one === 'function' && one.prototype instanceof tf.layers.Layer)
    .flatMap(({ className }: { className: string }) => {
      // Models load too that were saved before classes had a package.
      const old = className.replace('ds>', '');
      return [className, old === 'MelSpectrogram' ? 'DsMelSpectrogram' : old];
    });
  expect(added.length).toBeGreaterThan(8);
  expect(added.filter((name) => !layers.includes(name))).toEqual([]);
});
