import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { allowWideVectors, hasWideVectors } from '../../src/process/wide-vectors.js';

vi.mock('node:child_process', () => ({ execFileSync: vi.fn() }));
vi.mock('node:v8', () => ({ setFlagsFromString: vi.fn() }));

/** An engine with these options, on this processor. */
function engine(options: string, { v8 = '13.6.233', arch = 'x64', given = [] as string[] } = {}) {
  vi.mocked(execFileSync).mockReturnValue(options);
  vi.spyOn(process, 'versions', 'get').mockReturnValue({ ...process.versions, v8 });
  vi.spyOn(process, 'arch', 'get').mockReturnValue(arch as NodeJS.Architecture);
  vi.spyOn(process, 'execArgv', 'get').mockReturnValue(given);
}

const described = (name: string) =>
  `Options:\n  --other (something else)\n  --${name} (enable 128 to 256 bit)\n        type: bool\n`;

afterEach(() => {
  vi.restoreAllMocks();
  vi.mocked(setFlagsFromString).mockReset();
  vi.mocked(execFileSync).mockReset();
});

describe('allowWideVectors', () => {
  it.each(['experimental-wasm-revectorize', 'wasm-revectorize'])(
    'sets the option %s of the engine',
    (name) => {
      engine(described(name));
      allowWideVectors();
      expect(setFlagsFromString).toHaveBeenCalledExactlyOnceWith(`--${name}`);
      expect(hasWideVectors()).toBe(true);
    },
  );

  it('sets nothing that the engine does not know, since V8 would print an error', () => {
    engine(described('trace-wasm-revectorize'));
    allowWideVectors();
    expect(setFlagsFromString).not.toHaveBeenCalled();
    expect(hasWideVectors()).toBe(false);
  });

  it('starts no process for Node 20 and for other processors', () => {
    for (const where of [{ v8: '11.3.244' }, { arch: 'arm64' }]) {
      engine(described('wasm-revectorize'), where);
      allowWideVectors();
    }
    expect(execFileSync).not.toHaveBeenCalled();
    expect(setFlagsFromString).not.toHaveBeenCalled();
  });

  it('continues if the options cannot be listed', () => {
    engine('');
    vi.mocked(execFileSync).mockImplementation(() => {
      throw new Error('spawn ENOENT');
    });
    allowWideVectors();
    expect(hasWideVectors()).toBe(false);
  });

  it('respects an argument of node that refuses it', () => {
    engine(described('experimental-wasm-revectorize'), {
      given: ['--no-experimental-wasm-revectorize'],
    });
    allowWideVectors();
    expect(setFlagsFromString).not.toHaveBeenCalled();
    expect(hasWideVectors()).toBe(false);
  });

  it('reports the choice to the threads of the process', async () => {
    engine(described('wasm-revectorize'));
    allowWideVectors();
    const code = `
      const { getEnvironmentData, parentPort } = require('node:worker_threads');
      parentPort.postMessage(getEnvironmentData('ds-benchmark: wide vectors'));`;
    const worker = new Worker(code, { eval: true });
    expect(await new Promise((resolve) => worker.once('message', resolve))).toBe(true);
  });
});
