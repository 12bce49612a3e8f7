import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';

const here = (name: string) => fileURLToPath(new URL(`../${name}`, import.meta.url));
const NAME = `test-${process.pid}.js`;
let started: ChildProcess | undefined;

/** Starts `play/start.mjs`. The returned function gives its output so far. */
function play(): () => string {
  let printed = '';
  started = spawn(process.execPath, [here('start.mjs'), NAME]);
  started.stdout!.on('data', (text) => {
    printed += text;
  });
  started.stderr!.on('data', (text) => {
    printed += text;
  });
  return () => printed;
}

afterEach(async () => {
  const ended = started && new Promise((resolve) => started!.on('exit', resolve));
  started?.kill();
  await ended;
  started = undefined;
  rmSync(here(NAME), { force: true });
});

describe('a scratch file', () => {
  it('is made from the sample, prints results, and runs again when it is saved', async () => {
    const printed = play();
    await expect.poll(printed, { timeout: 50_000 }).toContain('Completed running');
    expect(printed()).toContain(`made play/${NAME}`);
    expect(readFileSync(here(NAME), 'utf8')).toBe(readFileSync(here('sample.mjs'), 'utf8'));
    expect(printed()).toContain('backend: wasm');
    expect(printed()).toContain('1,32,32,3 → 1,20,26,3');
    const [first, last] = /loss: ([\d.]+) → ([\d.]+)/.exec(printed())!.slice(1).map(Number);
    expect(last!).toBeLessThan(first! / 2);
    expect(printed()).toMatch(/strides: \[ [\d.]+, [\d.]+ \]/);
    // An error does not stop it.
    writeFileSync(here(NAME), 'nothing.at.all;');
    await expect.poll(printed, { timeout: 20_000 }).toContain('nothing is not defined');
    writeFileSync(here(NAME), "console.log('saved', 6 * 7);");
    await expect.poll(printed, { timeout: 20_000 }).toContain('saved 42');
  });

  it('keeps an existing file', async () => {
    writeFileSync(here(NAME), "console.log('mine');");
    const printed = play();
    await expect.poll(printed, { timeout: 20_000 }).toContain('mine');
    expect(printed()).not.toContain('made');
  });

  it.each(['../out.js', 'play.ts', 'a b.js', '--help', ''])('refuses the name %j', (name) => {
    const before = readdirSync(here('.'));
    const { status, stderr } = spawnSync(process.execPath, [here('start.mjs'), name], {
      encoding: 'utf8',
    });
    expect(status).toBe(1);
    expect(stderr).toContain(`that ends in .js, got '${name}'`);
    expect(readdirSync(here('.'))).toEqual(before);
  });

  it('is ignored by git, and its sample is not', () => {
    const { stdout } = spawnSync('git', ['check-ignore', 'play.js', 'sample.mjs', 'start.mjs'], {
      cwd: here('.'),
      encoding: 'utf8',
    });
    expect(stdout.trim()).toBe('play.js');
  });
});
