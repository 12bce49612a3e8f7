// Trains the CIFAR-10 table on a GPU in slices of some minutes:
//   node apps/benchmark/scripts/gpu-slice.mjs --minutes 9 --output runs/gpu-table
//     [-- flags of `table cifar10`]
// Each call resumes the previous one, checks the existing runs, and writes summary.json. The exit
// code is 0 if the table is complete, 3 if there is more to do, and 1 if something is wrong.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { maskedCommand } from '../dist/queue/masked-address.js';

const MIB = 2 ** 20;
/** The largest file and the largest folder that may be copied from one machine to the next. */
const LIMITS = { file: 16 * MIB, folder: 64 * MIB };
/** Seconds that a stopped training gets to save itself. */
const GRACE = 45;
const MORE = 3;

const split = process.argv.indexOf('--');
const own = process.argv.slice(2, split < 0 ? undefined : split);
const table = split < 0 ? [] : process.argv.slice(split + 1);
const { values } = parseArgs({
  args: own,
  options: {
    minutes: { type: 'string', default: '9' },
    output: { type: 'string', default: 'runs/gpu-table' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`gpu-slice: --minutes must be > 0, got ${values.minutes}`);
  process.exit(1);
}

const command = ['table', 'cifar10', '--backend', 'webgpu', '--resume', '--output', values.output];
const started = new Date();
const { code, cut } = await slice([...command, ...table]);
const summary = {
  started: started.toISOString(),
  seconds: (Date.now() - started.getTime()) / 1000,
  command: maskedCommand([...command, ...table]),
  complete: code === 0 && !cut,
  ...look(values.output),
};
mkdirSync(values.output, { recursive: true });
writeFileSync(path.join(values.output, 'summary.json'), `${JSON.stringify(summary, null, 1)}\n`);
console.log(JSON.stringify(summary, null, 1));
for (const problem of summary.problems) console.error(`gpu-slice: ${problem}`);
if ((code !== 0 && !cut) || summary.runs.some((run) => !run.isFinite)) process.exit(1);
process.exit(summary.complete ? 0 : MORE);

/** Runs the table for as long as there is time, then lets it save itself. */
function slice(args) {
  const cli = fileURLToPath(new URL('../dist/cli.js', import.meta.url));
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [cli, ...args], { stdio: 'inherit' });
    let cut = false;
    const timer = setTimeout(() => {
      cut = true;
      child.kill('SIGINT');
      setTimeout(() => child.kill('SIGKILL'), GRACE * 1000).unref();
    }, minutes * 60_000);
    child.on('close', (code) => {
      clearTimeout(timer);
      resolve({ code: code ?? 1, cut });
    });
  });
}

/** The contents of the output: its size, each run's last epoch, and what is wrong with it. */
function look(folder) {
  const files = existsSync(folder)
    ? readdirSync(folder, { recursive: true, withFileTypes: true })
    : [];
  const paths = files
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath ?? entry.path, entry.name));
  const sizes = paths.map((file) => [file, statSync(file).size]);
  const bytes = sizes.reduce((total, [, size]) => total + size, 0);
  const problems = sizes
    .filter(([, size]) => size > LIMITS.file)
    .map(
      ([file, size]) =>
        `${file} has ${(size / MIB).toFixed(1)} MiB, over the 16 that can be carried`,
    );
  if (bytes > LIMITS.folder) {
    problems.push(`${folder} has ${(bytes / MIB).toFixed(1)} MiB, over the 64 that can be carried`);
  }
  const runs = paths
    .filter((file) => path.basename(file) === 'metrics.jsonl')
    .map((file) => {
      const lines = readFileSync(file, 'utf8').trim().split('\n').filter(Boolean);
      const records = lines.map((line) => JSON.parse(line));
      const epochs = records.filter(({ type }) => type === 'epoch');
      const steps = records.filter(({ type }) => type === 'step');
      const config = JSON.parse(readFileSync(path.join(path.dirname(file), 'config.json'), 'utf8'));
      // JSON has no NaN, and holds null for it.
      const spoilt = [
        steps.some(({ loss }) => !Number.isFinite(loss)) && 'a loss',
        epochs.some(({ testLoss }) => !Number.isFinite(testLoss)) && 'a test loss',
      ].filter(Boolean);
      for (const what of spoilt) problems.push(`${file} has ${what} that is not finite`);
      return {
        isFinite: spoilt.length === 0,
        folder: path.relative(folder, path.dirname(file)),
        config,
        epochs: epochs.length,
        steps: steps.length,
        testAccuracy: epochs.at(-1)?.testAccuracy ?? null,
        secondsOfLastEpoch: epochs.at(-1)?.seconds ?? null,
      };
    });
  return { runs, mebibytes: Number((bytes / MIB).toFixed(1)), problems };
}
