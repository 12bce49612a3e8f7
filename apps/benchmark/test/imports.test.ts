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

it('of every package changes nothing in tfjs, and adds classes of layers', async () => {
  const before = snapshot();
  const known = classes();
  const packages = await Promise.all([
    import('@ds/fft'),
    import('@ds/masks'),
    import('@ds/layers'),
    import('@ds/models'),
    import('@ds/regularizer'),
    import('@ds/backend'),
    import('@ds/data'),
    import('@ds/train'),
  ]);
  const after = snapshot();
  const keys = new Set([...before.keys(), ...after.keys()]);
  expect([...keys].filter((key) => !Object.is(before.get(key), after.get(key)))).toEqual([]);

  const exported = packages.flatMap((one) => Object.values(one as object));
  const added = classes().filter((name) => !known.includes(name));
  const layers = exported
    .filter((one) => typeof one === 'function' && one.prototype instanceof tf.layers.Layer)
    .map(({ className }: { className: string }) => className);
  expect(added.length).toBeGreaterThan(8);
  expect(added.filter((name) => !layers.includes(name))).toEqual([]);
});
