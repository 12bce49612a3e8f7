// Kills runs at random moments, and resumes them until they are done. Checks that the results equal
// those of an undisturbed run:
//   node apps/benchmark/scripts/kill-loop.mjs [--kills 40] [--replicas 1,2] [--images 96]
//     [--epochs 2] [--output folder]
// `--replicas` lists numbers of replicas, and the `kill -9`s are divided among them. Each step has
// a checkpoint. If a run is done and kills are left, another run follows. Weights must be equal to
// the last bit. Metrics and table must be equal except for times. The script makes its own small
// data. It prints one JSON line of figures for each number of replicas. The exit code is 0 if all
// is equal, else 1. It takes some minutes, and CI does not run it.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual, parseArgs } from 'node:util';

const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const BATCH = 16;
/** A run without progress after this number of starts counts as stuck. */
const MOST_STARTS = 400;
/** The part of a whole run's time in which a kill comes: a resumed run has less left to do. */
const SHARE = 0.7;

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '40' },
    replicas: { type: 'string', default: '1,2' },
    images: { type: 'string', default: '96' },
    epochs: { type: 'string', default: '2' },
    output: { type: 'string' },
  },
});
const [kills, images, epochs] = ['kills', 'images', 'epochs'].map((name) =>
  count(name, values[name]),
);
const sizes = values.replicas.split(',').map((text) => count('replicas', text));
const home = values.output ?? mkdtempSync(path.join(tmpdir(), 'kill-loop-'));
mkdirSync(home, { recursive: true });
const data = path.join(home, 'data');
makeData(data);

/** How slow the machine is, compared with the undisturbed run. */
let pace = 1;
let isEqual = true;
for (const [i, replicas] of sizes.entries()) {
  const share =
    Math.floor((kills * (i + 1)) / sizes.length) - Math.floor((kills * i) / sizes.length);
  const figures = await disturb(replicas, share);
  console.log(JSON.stringify(figures));
  isEqual &&= figures.differences.length === 0;
}
if (isEqual && values.output === undefined) rmSync(home, { recursive: true });
else console.error(`kill-loop: the runs are in ${home}`);
process.exit(isEqual ? 0 : 1);

/** Kills runs with this number of replicas until the kills are used up and the last one is done. */
async function disturb(replicas, kills) {
  const folder = path.join(home, `replicas-${replicas}`);
  const whole = path.join(folder, 'whole');
  const first = await train(replicas, whole, null);
  if (first.code !== 0) throw new Error(`kill-loop: the undisturbed run failed: ${first.output}`);
  const wanted = outcome(whole);
  const figures = { replicas, kills: 0, starts: 0, runs: 0, killedAfterSteps: [], differences: [] };
  while (figures.kills < kills) {
    const output = path.join(folder, `killed-${figures.runs}`);
    for (;;) {
      if (figures.starts > MOST_STARTS)
        throw new Error(`kill-loop: not done after ${MOST_STARTS} starts`);
      const isLast = figures.kills >= kills;
      const {
        code,
        wasKilled,
        output: text,
      } = await train(replicas, output, isLast ? null : first);
      figures.starts += 1;
      if (wasKilled) {
        figures.kills += 1;
        figures.killedAfterSteps.push(stepsOf(output));
        console.error(
          `kill ${figures.kills} of ${kills}, after step ${figures.killedAfterSteps.at(-1)}`,
        );
      } else if (code === 0) break;
      else throw new Error(`kill-loop: a run failed with ${code}: ${text}`);
    }
    figures.runs += 1;
    console.error(`run ${figures.runs} of ${replicas} replicas is done`);
    const found = outcome(output);
    for (const name of Object.keys(wanted)) {
      if (!isDeepStrictEqual(found[name], wanted[name]))
        figures.differences.push(`${output}: ${name}`);
    }
  }
  return figures;
}

/**
 * Trains or resumes. If `whole` has the times of an undisturbed run, the run is killed at a random
 * moment. In half of the cases, the moment is within the whole run, else after the first step.
 */
async function train(replicas, output, whole) {
  const args = [
    ...['train', '--preset', 'smoke', '--dataset', 'mnist', '--data', data, '--output', output],
    ...['--width', '2', '--batch-size', BATCH, '--train-images', images, '--test-images', '64'],
    ...['--epochs', epochs, '--replicas', replicas, '--checkpoint-every', '1', '--resume'],
  ].map(String);
  const started = performance.now();
  const elapsed = () => (performance.now() - started) / 1000;
  const child = spawn(process.execPath, [cli, ...args]);
  let text = '';
  let firstStep = null;
  const stepped = new Promise((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        text += chunk;
        if (firstStep !== null || !/: step \d/.test(text)) return;
        firstStep = elapsed();
        resolve();
      });
    }
  });
  const closed = new Promise((resolve) =>
    child.on('close', (code, signal) => resolve({ code, signal })),
  );
  if (whole) {
    const isFromFirstStep = Math.random() < 0.5;
    if (isFromFirstStep) await Promise.race([closed, stepped]);
    // Other programs may slow this machine down for a while. The time to the first step shows by
    // how much.
    pace = (firstStep ?? pace * whole.firstStep) / whole.firstStep;
    const within = isFromFirstStep ? whole.seconds - whole.firstStep : whole.seconds;
    await Promise.race([closed, setTimeout(1000 * SHARE * pace * within * Math.random())]);
    child.kill('SIGKILL');
  }
  const { code, signal } = await closed;
  return { code, wasKilled: signal === 'SIGKILL', output: text, seconds: elapsed(), firstStep };
}

/** The result of a run without times, and the files that its killed writers left. */
function outcome(output) {
  const [id] = readdirSync(path.join(output, 'runs'));
  const run = path.join(output, 'runs', id);
  const metrics = readFileSync(path.join(run, 'metrics.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => ({ ...JSON.parse(line), imagesPerSecond: 0, seconds: 0 }));
  const table = JSON.parse(readFileSync(path.join(output, 'table.json'), 'utf8'));
  return {
    weights: readFileSync(path.join(run, 'model', 'weights.bin')).toString('hex'),
    metrics,
    table: table.map((row) => ({ ...row, imagesPerSecond: 0 })),
    left: readdirSync(run, { recursive: true }).filter((name) => name.endsWith('.tmp')),
  };
}

/** The step of the newest checkpoint. */
function stepsOf(output) {
  try {
    const [id] = readdirSync(path.join(output, 'runs'));
    const names = readdirSync(path.join(output, 'runs', id, 'checkpoints'));
    return Math.max(0, ...names.map((name) => Number(/^step-(\d+)\.ckpt$/.exec(name)?.[1] ?? 0)));
  } catch {
    return 0;
  }
}

/** The four files of MNIST's form, with few images of noise. */
function makeData(folder) {
  mkdirSync(folder, { recursive: true });
  const header = (...dimensions) => {
    const bytes = Buffer.alloc(4 + 4 * dimensions.length);
    bytes.set([0, 0, 8, dimensions.length]);
    for (const [axis, size] of dimensions.entries()) bytes.writeUInt32BE(size, 4 + 4 * axis);
    return bytes;
  };
  for (const [name, many] of [
    ['train', images],
    ['t10k', 64],
  ]) {
    const pixels = Buffer.alloc(many * 784);
    for (let i = 0; i < pixels.length; i++) pixels[i] = (i * i * 31 + i) % 251;
    const labels = Buffer.from(Array.from({ length: many }, (_, i) => i % 10));
    writeFileSync(
      path.join(folder, `${name}-images-idx3-ubyte`),
      Buffer.concat([header(many, 28, 28), pixels]),
    );
    writeFileSync(
      path.join(folder, `${name}-labels-idx1-ubyte`),
      Buffer.concat([header(many), labels]),
    );
  }
}

function count(name, text) {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 1) return number;
  console.error(`kill-loop: --${name} must be an integer >= 1, got ${text}`);
  process.exit(1);
}
