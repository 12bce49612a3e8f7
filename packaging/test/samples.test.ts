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
  type Sample,
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

/** A page with the samples that run by themselves. */
interface Page {
  page: string;
  text: string;
  samples: Sample[];
  running: Sample[];
  /** The folder of its files and samples. */
  folder: string;
}

// Without a hardware or software GPU, samples for WebGPU cannot run.
const canRun = ({ code }: Sample) => !(lacksWebGpu && code.includes("'webgpu'"));

const pages: Page[] = await Promise.all(
  samplePages().map(async (page) => {
    const text = await readFile(path.join(ROOT, page), 'utf8');
    const samples = samplesOf(text);
    const running = samples.filter((sample) => !sample.file && canRun(sample));
    return { page, text, samples, running, folder: page.replaceAll(/\W/g, '-') };
  }),
);

/** The lines that each sample of a page prints. */
const printed: Record<string, string[][]> = {};

beforeAll(async () => {
  await mkdir(made, { recursive: true });
  await writeFile(path.join(made, 'package.json'), '{"type":"module"}');
  for (const { samples, running, folder } of pages) {
    await mkdir(path.join(made, folder), { recursive: true });
    const named = samples.filter(({ file }) => file !== null);
    const files = [...named, ...running.map((sample, i) => ({ ...sample, file: `${i}.js` }))];
    for (const sample of files) {
      await writeFile(path.join(made, folder, sample.file!), await javascriptOf(sample));
    }
  }
  for (const [i, together] of processes(pages).entries()) {
    Object.assign(printed, await printedBy(together, `run-${i}.js`));
  }
}, 180_000);
afterAll(() => rm(made, { recursive: true, force: true }));

describe.each(pages)('$page', ({ page, text, samples, running }) => {
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

  it.each(running.map((sample, i) => ({ ...sample, i })))(
    'sample $i prints what it says',
    ({ i, expected }) => {
      const lines = printed[page]![i]!;
      expect(lines, lines.join('\n')).toHaveLength(expected.length);
      lines.forEach((line, k) => {
        expect(isAsSaid(line, expected[k]!), `${line} for ${expected[k]}`).toBe(true);
      });
    },
  );
});

/**
 * Divides the pages among processes. Most pages share one, which saves a start and the imports of
 * tfjs for each. Pages that replace kernels for good come last, so that no other page needs that.
 * README.md stays first: it prints the name of a layer, which counts all earlier layers.
 */
function processes(all: Page[]): Page[][] {
  const running = all.filter((one) => one.running.length > 0);
  const has = (pattern: RegExp) => (one: Page) =>
    one.running.some(({ code }) => pattern.test(code));
  // A registered pooling stays in the lists of all poolings.
  const registers = has(/registerPooling\(/);
  const isAlone = (one: Page) => registers(one) || one.page === 'packages/backend/README.md';
  const shared = running.filter((one) => !isAlone(one));
  const starts = has(/useBackend\(|loadSimd\(/);
  return [
    [...shared.filter((one) => !starts(one)), ...shared.filter(starts)],
    ...running.filter(isAlone).map((one) => [one]),
  ];
}

/** Runs the samples of pages one after the other in one process. */
async function printedBy(together: Page[], file: string): Promise<typeof printed> {
  const list = together.map(({ page, folder, running }) => [page, folder, running.length]);
  await writeFile(path.join(made, file), runnerOf(list));
  const { stdout } = await run(process.execPath, [file], made);
  return JSON.parse(stdout.trimEnd().split('\n').at(-1)!);
}

/**
 * A module that runs samples, each in the folder of its page. Each sample begins on the backend of
 * a new process. The last line of its output is the lines that each sample printed, or its error. A
 * process that ends early has named its last sample.
 */
function runnerOf(pages: unknown[]): string {
  return `import path from 'node:path';
import { format } from 'node:util';
import * as tf from '@tensorflow/tfjs';
await tf.ready();
const backend = tf.getBackend();
const printed = {};
for (const [page, folder, count] of ${JSON.stringify(pages)}) {
  process.chdir(path.join(import.meta.dirname, folder));
  printed[page] = [];
  for (let i = 0; i < count; i++) {
    console.error(\`\${page}, sample \${i}\`);
    const lines = printed[page][i] = [];
    console.log = (...values) => lines.push(...format(...values).split('\\n').map((line) => line.trim()).filter(Boolean));
    try {
      await import(\`./\${folder}/\${i}.js\`);
    } catch (error) {
      lines.push(...error.stack.split('\\n'));
    }
    tf.setBackend(backend);
  }
}
process.stdout.write('\\n' + JSON.stringify(printed) + '\\n');
`;
}
