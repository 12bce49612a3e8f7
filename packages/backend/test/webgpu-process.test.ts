import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { lacksWebGpu } from '@ds/testing/backends';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);

/** Runs programs against the built package, each in a separate process. */
describe.skipIf(lacksWebGpu)('a process that computes on WebGPU', () => {
  let folder: string;
  // Beside the sources, so that imports resolve as in them.
  beforeAll(async () => {
    folder = await mkdtemp(path.join(here, 'node_modules', '.ds-webgpu-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const execute = async (lines: string, env: NodeJS.ProcessEnv = process.env) => {
    const file = path.join(folder, 'program.mjs');
    await writeFile(
      file,
      `import * as tf from '@tensorflow/tfjs';
       import { useBackend } from '${new URL('../dist/index.js', import.meta.url)}';
       ${lines}`,
    );
    return run(process.execPath, [file], { env, timeout: 50_000 });
  };

  it('exits when it is done', async () => {
    const { stdout } = await execute(`
      await useBackend('webgpu');
      const x = tf.add(tf.ones([3]), 1);
      console.log((await x.data())[0], tf.mul(x, 2).dataSync()[0], tf.getBackend());`);
    expect(stdout.trim()).toBe('2 4 webgpu');
  });

  it('gets an error with advice if there is no driver', async () => {
    const env = {
      ...process.env,
      VK_ICD_FILENAMES: '/nowhere.json',
      VK_DRIVER_FILES: '/nowhere.json',
    };
    await expect(execute(`await useBackend('webgpu');`, env)).rejects.toThrow(
      /useBackend: 'webgpu' cannot start: no GPU driver was found\. .*libvulkan1/,
    );
  });

  it('gets an error with advice if the GPU is lost', async () => {
    const { stdout } = await execute(`
      await useBackend('webgpu');
      // Too large for tfjs to compute it on the host.
      const x = tf.add(tf.ones([2000]), 1);
      const y = tf.add(x, 2);
      await x.data();
      tf.backend().device.destroy();
      await tf.backend().device.lost;
      await new Promise((resolve) => setTimeout(resolve));
      const tell = (error) => console.log(error.message);
      try { tf.mul(x, 2); } catch (error) { tell(error); }
      await y.data().catch(tell);`);
    const [first, second] = stdout.trim().split('\n');
    expect(first).toMatch(
      /^webgpu: the GPU was lost \(destroyed.*Restart from the last checkpoint/,
    );
    expect(second).toMatch(/^webgpu: the GPU was lost/);
  });

  it('gets no such error if the change is switched off', async () => {
    const { stdout } = await execute(`
      const { without } = await useBackend('webgpu', { without: ['webgpu/device-loss'] });
      const { runWebGPUProgram } = tf.backend();
      tf.backend().device.destroy();
      await tf.backend().device.lost;
      await new Promise((resolve) => setTimeout(resolve));
      console.log(String(without), tf.backend().runWebGPUProgram === runWebGPUProgram);`);
    expect(stdout.trim()).toBe('webgpu/device-loss true');
  });

  it('may provide its own navigator.gpu', async () => {
    const { stdout } = await execute(`
      const off = { without: ['webgpu/navigator.gpu'] };
      await useBackend('webgpu', off).catch(({ message }) => console.log(message));
      const { create, globals } = await import('webgpu');
      Object.assign(globalThis, globals);
      const navigator = { gpu: create([]) };
      Object.defineProperty(globalThis, 'navigator', { value: navigator, configurable: true });
      const { name, without } = await useBackend('webgpu', off);
      const [two] = await tf.add(tf.ones([2000]), 1).data();
      console.log(name, String(without), two, navigator === globalThis.navigator);`);
    expect(stdout.trim().split('\n')).toEqual([
      "useBackend: 'webgpu' cannot start: there is no navigator.gpu, " +
        'and without lists webgpu/navigator.gpu',
      'webgpu webgpu/navigator.gpu,webgpu/dataSync 2 true',
    ]);
  });
});
