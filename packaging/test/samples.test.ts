import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { lacksWebGpu } from '@ds/testing/backends';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT, run } from '../src/published-packages.js';
import {
  commandsOf,
  importedBy,
  installedBy,
  isAsSaid,
  javascriptOf,
  samplePages,
  samplesOf,
  untested,
} from '../src/samples.js';
import { FOLLOWED_GUIDES } from './guide-cases.js';

/** The samples run inside this package, since it depends on all packages and on tfjs. */
const made = fileURLToPath(new URL('../node_modules/.samples', import.meta.url));

it('names installed packages without their versions', () => {
  const page = '```sh install\nnpm install vite@7 @ds/layers @ds/fft@1.2.0\n```';
  expect(installedBy(page)).toEqual(['vite', '@ds/layers', '@ds/fft']);
});

describe.each(samplePages())('%s', async (page) => {
  const text = await readFile(path.join(ROOT, page), 'utf8');
  const samples = samplesOf(text);
  const folder = path.join(made, page.replaceAll(/\W/g, '-'));
  beforeAll(async () => {
    await mkdir(folder, { recursive: true });
    await writeFile(path.join(folder, 'package.json'), '{"type":"module"}');
    for (const sample of samples) {
      if (sample.file) await writeFile(path.join(folder, sample.file), await javascriptOf(sample));
    }
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('leaves no code untested', () => {
    expect(untested(text)).toEqual([]);
    if (!/^(packages|README)/.test(page)) return;
    expect(text).toMatch(/npm install @ds\/\w+ /);
    expect(samples.flatMap(({ expected }) => expected).length).toBeGreaterThan(0);
    expect(text).toMatch(/^\|[^|]*(export|package)/m);
  });

  if (/^docs\/(guide|start)/.test(page)) {
    it('leaves no command untested', () => {
      for (const { mark, text: commands } of commandsOf(text)) {
        const [, file] = /^tested=(\S+)$/.exec(mark) ?? [];
        if (file) expect(existsSync(path.join(ROOT, file)), file).toBe(true);
        else expect(['run', 'install'], commands).toContain(mark);
        if (mark !== 'run') continue;
        expect(FOLLOWED_GUIDES, page).toContain(path.basename(page));
        expect(text, page).toMatch(/\]\((\/guide\/)?setup[#)]/);
      }
    });

    it('installs what its programs import', () => {
      const names = installedBy(text);
      if (names.length === 0 || page.endsWith('setup.md')) return;
      expect(importedBy(text).filter((name) => !names.includes(name))).toEqual([]);
    });
  }

  // Without a hardware or software GPU, samples for WebGPU cannot run.
  const canRun = ({ code }: { code: string }) => !(lacksWebGpu && code.includes("'webgpu'"));
  const running = samples.filter((sample) => !sample.file && canRun(sample));
  if (running.length === 0) return;

  let printed: Record<string, string[]>;
  beforeAll(async () => {
    for (const [i, sample] of running.entries()) {
      await writeFile(path.join(folder, `${i}.js`), await javascriptOf(sample));
    }
    await writeFile(path.join(folder, 'all.js'), runnerOf(running.length));
    const { stdout } = await run(process.execPath, ['all.js'], folder);
    printed = JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
  });

  it.each(running.map((sample, i) => ({ ...sample, i })))(
    'sample $i prints what it says',
    ({ i, expected }) => {
      const lines = printed[i]!;
      expect(lines, lines.join('\n')).toHaveLength(expected.length);
      lines.forEach((line, k) => {
        expect(isAsSaid(line, expected[k]!), `${line} for ${expected[k]}`).toBe(true);
      });
    },
  );
});

/**
 * A module that runs the samples of a page one after the other in one process, which saves a start
 * and the imports of tfjs for each. Each sample begins on the backend of a new process. The last
 * line of its output is the lines that each sample printed, or its error.
 */
function runnerOf(count: number): string {
  return `import { format } from 'node:util';
import * as tf from '@tensorflow/tfjs';
await tf.ready();
const backend = tf.getBackend();
const printed = {};
for (let i = 0; i < ${count}; i++) {
  printed[i] = [];
  console.log = (...values) => printed[i].push(...format(...values).split('\\n').map((line) => line.trim()).filter(Boolean));
  try {
    await import(\`./\${i}.js\`);
  } catch (error) {
    printed[i].push(...error.stack.split('\\n'));
  }
  tf.setBackend(backend);
}
process.stdout.write('\\n' + JSON.stringify(printed) + '\\n');
`;
}
