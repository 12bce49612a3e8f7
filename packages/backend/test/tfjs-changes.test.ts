import { readdirSync, readFileSync } from 'node:fs';
import { relativeError, unitTensor } from '@ds/testing';
import { BACKENDS, lacksWebGpu } from '@ds/testing/backends';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-cpu';
import '@tensorflow/tfjs-backend-wasm';
import { WEBGPU_KERNELS } from '@ds/kernels/webgpu';
import { beforeAll, describe, expect, it } from 'vitest';
import { type TfjsChange, tfjsChanges } from '../src/changes.js';
import { type BackendName, useBackend } from '../src/index.js';
import { TESTED_TFJS } from '../src/tested-tfjs.js';
import { untested } from '../src/use-backend.js';
import { provideGpu } from '../src/webgpu/dawn.js';

/** Returns a registry that tfjs shares between its packages. */
const registry = (name: string) =>
  (globalThis as unknown as { _tfGlobals: Map<string, Map<string, unknown>> })._tfGlobals.get(
    name,
  )!;

type Snapshot = Map<string, unknown>;

/** Lists all functions of an object and of its prototypes, by name. */
function members(object: object, prefix: string): [string, unknown][] {
  const found: [string, unknown][] = [];
  for (let at = object; at && at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    for (const key of Reflect.ownKeys(at)) {
      const { value } = Object.getOwnPropertyDescriptor(at, key)!;
      if (typeof value === 'function') found.push([`${prefix}.${String(key)}`, value]);
    }
  }
  // A call finds the first of equal names. Here it is last, so that a map keeps it.
  return found.toReversed();
}

/** Lists the methods of tfjs's tensors, engine, optimizers, layers and models. */
function prototypes(): [string, unknown][] {
  const exported: [string, unknown][] = [
    ...Object.entries(tf),
    ...Object.entries(tf.layers).map(([name, make]): [string, unknown] => {
      try {
        const layer = (make as (config: object) => object)({
          units: 1,
          filters: 1,
          kernelSize: 1,
          inputShape: [1],
        });
        return [layer.constructor.name, layer.constructor];
      } catch {
        return [name, null];
      }
    }),
    ['Engine', tf.engine().constructor],
    ['Environment', tf.env().constructor],
  ];
  return exported.flatMap(([, one]) => {
    if (typeof one !== 'function' || !one.prototype) return [];
    return members(one.prototype, `method ${one.name}`);
  });
}

/** All values that a package could change, by their names in the list. */
function snapshot(backends: readonly string[]): Snapshot {
  const found: Snapshot = new Map(prototypes());
  for (const [key, { kernelName, backendName }] of registry('kernelRegistry') as Map<
    string,
    tf.KernelConfig
  >) {
    expect(key).toBe(`${backendName}_${kernelName}`);
    found.set(`kernel ${backendName}/${kernelName}`, registry('kernelRegistry').get(key));
  }
  for (const [name, gradient] of registry('gradRegistry')) found.set(`gradient ${name}`, gradient);
  for (const [name, value] of Object.entries(tf.env().getFlags())) found.set(`flag ${name}`, value);
  for (const name of backends) {
    const backend = tf.engine().registry[name]!;
    for (const [key, value] of members(backend, `method ${name}`)) found.set(key, value);
  }
  for (const key of Object.getOwnPropertyNames(globalThis)) {
    found.set(`global ${key}`, (globalThis as Record<string, unknown>)[key]);
  }
  for (const key of Reflect.ownKeys(globalThis.navigator ?? {})) {
    found.set(`global navigator.${String(key)}`, globalThis.navigator[key as keyof Navigator]);
  }
  for (const name of Object.keys(tf.serialization.SerializationMap.getMap().classNameMap)) {
    found.set(`class ${name}`, true);
  }
  return found;
}

function differences(before: Snapshot, after: Snapshot): string[] {
  return [...new Set([...before.keys(), ...after.keys()])]
    .filter((key) => !Object.is(before.get(key), after.get(key)))
    .toSorted();
}

/** Whether a change has this name. A name may end with a star. */
const isNamed = (key: string) => (change: TfjsChange) =>
  change.changes.some((name) =>
    name.endsWith('*') ? key.startsWith(name.slice(0, -1)) : key === name,
  );

/** Whether a flag is new because tfjs evaluated it on first use. Then no package changed it. */
const isAskedFor = (before: Snapshot) => (key: string) =>
  key.startsWith('flag ') && !before.has(key) && key !== 'flag WASM_HAS_MULTITHREAD_SUPPORT';

const made = (backend: string) =>
  tfjsChanges.filter(({ backends }) => backends.includes(backend as BackendName));
const namesOf = (changes: TfjsChange[]) => changes.map(({ name }) => name);

/** The gradients that the first run of their kernel registers. */
const ONCE_RUN = ['Resample', 'DiffStride', 'DiffStrideMatrices', 'ReluGrad', 'ClampGrad'].map(
  (name) => `gradient ${name}`,
);

/** The names that a change replaces at the start, in this process. */
function atOnce({ name, changes }: TfjsChange): string[] {
  // Other names are replaced later: when a layer first pools, or a GPU is lost.
  if (name === 'webgpu/device-loss') return [];
  const elsewhere = (key: string) =>
    key.startsWith('kernel ') && !BACKENDS.some((backend) => key.startsWith(`kernel ${backend}/`));
  return changes.filter(
    (key) => !elsewhere(key) && !ONCE_RUN.includes(key) && !/^(flag|global|module) /.test(key),
  );
}

describe('the list of changes', () => {
  it('describes each change: what, why, versions, and how to switch it off', () => {
    const names = namesOf([...tfjsChanges]);
    expect(new Set(names).size).toBe(names.length);
    for (const change of tfjsChanges) {
      for (const key of ['name', 'package', 'why', 'otherwise', 'off'] as const) {
        expect(change[key], `${change.name}: ${key}`).toMatch(/\w/);
      }
      expect(change.changes, change.name).not.toHaveLength(0);
      expect(change.tested, change.name).toEqual([tf.version_core]);
    }
  });

  it('lists every GPU program', () => {
    const listed = tfjsChanges.flatMap(({ changes }) => changes);
    for (const { kernelName } of WEBGPU_KERNELS)
      expect(listed).toContain(`kernel webgpu/${kernelName}`);
  });

  it('is tested on the versions that the packages declare as peers', () => {
    const folder = new URL('../../', import.meta.url);
    const ranges = readdirSync(folder).flatMap((name) => {
      const { peerDependencies = {} } = JSON.parse(
        readFileSync(new URL(`${name}/package.json`, folder), 'utf8'),
      ) as { peerDependencies?: Record<string, string> };
      return Object.entries(peerDependencies)
        .filter(([peer]) => peer.startsWith('@tensorflow/'))
        .map(([, range]) => range);
    });
    expect(new Set(ranges)).toEqual(new Set(TESTED_TFJS.map((version) => `~${version}`)));
  });

  it('reports a version that is not tested', () => {
    expect(untested('4.22.0')).toEqual([]);
    expect(untested('4.23.0')).toEqual(['tfjs 4.23.0 is not tested (4.22.0 is)']);
  });

  it.each([
    [
      ['wasm/Nothing'],
      /without must name changes of tfjsChanges \(.*wasm\/threads, .*got "wasm\/N/,
    ],
    [[7], /without must be a list of names of tfjsChanges, got \[7\]$/],
    ['wasm/Sum', /without must be a list of names of tfjsChanges, got "wasm\/Sum"$/],
    [null, /without must be a list of names of tfjsChanges, got null$/],
    [['train/early-release'], /without cannot switch off 'train\/early-release'.*releaseEarly/],
  ])('refuses %j', async (without, message) => {
    const refused = expect(useBackend('cpu', { without: without as string[] })).rejects;
    await refused.toMatchObject({ name: 'ConfigError', message: expect.stringMatching(message) });
  });

  it.each([
    [null, 'useBackend: options must be an object, got null'],
    [['wasm/Sum'], 'useBackend: options must be an object, got ["wasm/Sum"]'],
    [{ with: [] }, "useBackend: options must have no 'with' (without?), got { with }"],
  ])('refuses options %j', async (options, message) => {
    await expect(useBackend('cpu', options as object)).rejects.toThrow(message);
  });
});

describe('what useBackend changes', () => {
  let globals: string[];
  let before: Snapshot;
  let after: Snapshot;
  const changed = (now: Snapshot) =>
    differences(before, now).filter((key) => !isAskedFor(before)(key));

  beforeAll(async () => {
    const first = snapshot([]);
    if (!lacksWebGpu) {
      await provideGpu();
      globals = differences(first, snapshot([]));
      await import('@tensorflow/tfjs-backend-webgpu');
    }
    for (const name of BACKENDS) await tf.setBackend(name);
    before = snapshot(BACKENDS);
    for (const name of BACKENDS) await useBackend(name);
    after = snapshot(BACKENDS);
  });

  it.skipIf(lacksWebGpu)('in globals is in the list', () => {
    const [gpu] = made('webgpu').filter(({ name }) => name === 'webgpu/navigator.gpu');
    expect(globals.length).toBeGreaterThan(10);
    expect(globals.filter((key) => !isNamed(key)(gpu!))).toEqual([]);
  });

  it('in tfjs is in the list, as a change of a started backend', () => {
    const started = BACKENDS.flatMap(made);
    expect(changed(after).filter((key) => !started.some(isNamed(key)))).toEqual([]);
    for (const key of ['kernel wasm/Conv2D', 'gradient Relu', 'method BatchNormalization.call']) {
      expect(changed(after)).toContain(key);
    }
  });

  it('includes every name in the list', () => {
    for (const change of BACKENDS.flatMap(made)) {
      for (const key of atOnce(change)) expect(changed(after), change.name).toContain(key);
    }
  });

  describe.each(BACKENDS)('on %s', (backend) => {
    const own = made(backend);
    // Some gradients are replaced for all backends.
    beforeAll(async () => {
      for (const other of BACKENDS) await useBackend(other, { without: namesOf(made(other)) });
    });

    it('is nothing if all changes are switched off', async () => {
      const { added, replaced } = await useBackend(backend, { without: namesOf(own) });
      expect([...added, ...replaced]).toEqual([]);
      expect(changed(snapshot(BACKENDS))).toEqual([]);
    });

    it('is made again when it is switched on', async () => {
      const info = await useBackend(backend);
      expect(info.without).toEqual([]);
      const isHere = (key: string) => !key.startsWith('kernel ') || key.includes(` ${backend}/`);
      const here = changed(after).filter((key) => isHere(key) && own.some(isNamed(key)));
      expect(changed(snapshot(BACKENDS))).toEqual(here);
    });

    it.each(namesOf(own).filter((name) => name !== 'webgpu/navigator.gpu'))(
      'does not include %s if that is switched off, and includes all others',
      async (name) => {
        await useBackend(backend);
        const on = changed(snapshot(BACKENDS));
        const { without } = await useBackend(backend, { without: [name] });
        expect(without).toContain(name);
        const off = own.filter((change) => without.includes(change.name)).flatMap(atOnce);
        // Without a kernel that supports dilations, dilated convolutions have no gradient.
        expect(without.filter((one) => one !== name && !one.endsWith('/dilated-gradient'))).toEqual(
          [],
        );
        // Several changes may replace the same name.
        const kept = own.filter((change) => !without.includes(change.name)).flatMap(atOnce);
        // If a backend has no own kernel, wrappers have no kernel to wrap.
        const isProvider = !name.startsWith('repair/');
        const gone = off.filter((key) => !kept.includes(key) || (isProvider && !before.has(key)));
        expect(changed(snapshot(BACKENDS))).toEqual(on.filter((key) => !gone.includes(key)));
      },
    );

    it('keeps kernels that other code has registered since', async () => {
      await useBackend(backend);
      const ours = tf.getKernel('BatchMatMul', backend);
      const theirs = { ...ours, kernelFunc: (args: never) => ours.kernelFunc(args) };
      tf.unregisterKernel('BatchMatMul', backend);
      tf.registerKernel(theirs as tf.KernelConfig);
      await useBackend(backend);
      expect(tf.getKernel('BatchMatMul', backend)).toBe(theirs);
      await useBackend(backend, { without: [`${backend}/BatchMatMul`] });
      expect(tf.getKernel('BatchMatMul', backend)).toBe(theirs);
      tf.unregisterKernel('BatchMatMul', backend);
      await useBackend(backend);
      expect(tf.getKernel('BatchMatMul', backend)).toBeDefined();
    });
  });

  it('of threads is a flag, and is restored', async () => {
    const flags = tf.env().getFlags();
    await useBackend('wasm', { without: ['wasm/threads'] });
    flags.WASM_HAS_MULTITHREAD_SUPPORT = true;
    await useBackend('wasm');
    expect(flags.WASM_HAS_MULTITHREAD_SUPPORT).toBe(false);
    await useBackend('wasm', { without: ['wasm/threads'] });
    expect(flags.WASM_HAS_MULTITHREAD_SUPPORT).toBe(true);
    await useBackend('wasm');
  });
});

/** Computes the parts of a training step, with their gradients. */
function step(): number[] {
  return tf.tidy(() => {
    const layer = tf.layers.batchNormalization({});
    const inputs = [unitTensor(1, [2, 8, 8, 4]), unitTensor(2, [3, 3, 4, 8])];
    const { value, grads } = tf.valueAndGrads((x, filter) => {
      const convolved = tf.conv2d(x as tf.Tensor4D, filter as tf.Tensor4D, 1, 'same');
      const y = tf.relu(layer.apply(convolved, { training: true }) as tf.Tensor4D);
      const pooled = tf.maxPool(y, 3, 2, 'same');
      const product = tf.matMul(tf.reshape(pooled, [2, 16, 8]), unitTensor(3, [2, 8, 5]));
      return tf.sum(tf.square(tf.mul(product, unitTensor(4, [2, 16, 5])))) as tf.Scalar;
    })(inputs);
    layer.dispose();
    return [value, ...grads].flatMap((one) => Array.from(one.dataSync()));
  });
}

describe('a training step on wasm', () => {
  let want: number[];
  let kernels: Set<string>;
  beforeAll(async () => {
    await useBackend('cpu');
    want = step();
    await useBackend('wasm');
    kernels = new Set((await tf.profile(() => void step())).kernelNames);
  });

  it.for(made('wasm'))('without $name gives the same numbers', async (change, { skip }) => {
    const { name } = change;
    const names = change.changes.map((key) => key.split(/[/ ]/).at(-1)!);
    const isRun =
      names.some((key) => kernels.has(key)) || names.includes('BatchNormalization.call');
    skip(!isRun && name !== 'wasm/threads', 'the step has none of it');
    await useBackend('wasm', { without: [name] });
    if (name === 'wasm/Conv2DBackpropFilter') {
      expect(step).toThrow(/Kernel 'Conv2DBackpropFilter' not registered for backend 'wasm'/);
      return;
    }
    const before = tf.memory().numTensors;
    expect(relativeError(step(), want)).toBeLessThan(1e-4);
    expect(tf.memory().numTensors).toBe(before);
  });

  it('runs most kinds of kernels', () => {
    for (const name of ['Conv2D', 'Conv2DBackpropFilter', 'BatchMatMul', 'MaxPoolGrad']) {
      expect(kernels).toContain(name);
    }
  });

  it('without a gradient kernel it refuses dilated convolutions, as tfjs does', async () => {
    const dilated = () =>
      tf.tidy(() =>
        tf.grad((filter) =>
          tf.conv2d(
            unitTensor(1, [1, 6, 6, 2]) as tf.Tensor4D,
            filter as tf.Tensor4D,
            1,
            'same',
            'NHWC',
            2,
          ),
        )(unitTensor(2, [3, 3, 2, 2])),
      );
    await useBackend('wasm');
    expect(dilated().shape).toEqual([3, 3, 2, 2]);
    for (const name of ['wasm/dilated-gradient', 'wasm/Conv2DBackpropInput']) {
      await useBackend('wasm', { without: [name] });
      expect(dilated).toThrow(/dilation rates greater than 1/);
    }
  });
});

it.each(BACKENDS.filter((name) => name !== 'cpu'))(
  'what cpu can, %s cannot without its own kernels',
  async (backend) => {
    const dilated = () =>
      tf.tidy(() => {
        const x = unitTensor(1, [1, 6, 6, 2]) as tf.Tensor4D;
        const filter = unitTensor(2, [3, 3, 2, 1]);
        const convolve = (taps: tf.Tensor) =>
          tf.depthwiseConv2d(x, taps as tf.Tensor4D, 1, 'same', 'NHWC', 2);
        return tf.grad(convolve)(filter).shape;
      });
    for (const name of ['cpu', backend] as BackendName[]) {
      await useBackend(name);
      expect(dilated()).toEqual([3, 3, 2, 1]);
    }
    await useBackend(backend as BackendName, {
      without: [`${backend}/DepthwiseConv2dNativeBackpropInput`],
    });
    expect(dilated).toThrow(/dilation rates greater than 1|not registered/);
    await useBackend('cpu');
    expect(dilated()).toEqual([3, 3, 2, 1]);
    await useBackend(backend as BackendName);
  },
);
