import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { withoutProcessHooks } from '../process/process-hooks.js';
import { processorName } from '../process/processor-name.js';
import { hasWideVectors } from '../process/wide-vectors.js';
import { maskedCommand } from '../queue/masked-address.js';
import { claimOutput } from '../run-folder/output-folder.js';
import { columnsOf, fitted } from '../text/terminal-width.js';
import { CASES, replicaCases, type SpeedCase, scalingCases } from './cases.js';
import {
  type Contender,
  jaxContender,
  tfjsContender,
  torchContender,
  torchName,
} from './contender.js';
import { type MeasureOptions, measure, type SpeedRow } from './measure.js';
import { peakSentences } from './peak-sentences.js';
import { replicaContender, replicaName } from './replica-contender.js';
import { speedReport } from './speed-report.js';
import type { SpeedResult } from './speed-result.js';
import { isTiming, speedTable } from './speed-table.js';
import { measureSpeedup, speedupSentence } from './speedup.js';

/** The flags of `speed`. */
export interface SpeedFlags {
  set: keyof typeof CASES;
  only?: string;
  contenders?: string[];
  repeats: number;
  scaling?: boolean;
  torch: boolean;
  jax: boolean;
  plain: boolean;
  replicas: boolean;
  webgpu?: boolean;
  output: string;
}

/** Total time of one case, in ms, after which three tries are enough. */
const PATIENCE = 20_000;

/**
 * Above this number of operations, tfjs's cpu backend skips a case. It reaches about 1 GFLOP/s, and
 * 0.02 GFLOP/s for the filter gradient.
 */
const CPU_LIMIT = { usual: 4e8, filter: 1e7 };

/** Times the cases, prints the table, and writes `speed.json` and `speed.html`. */
export async function timeCases(flags: SpeedFlags): Promise<void> {
  requireCases(flags);
  const release = await claimOutput(flags.output);
  const contenders = await gather(flags);
  try {
    const result = await run(flags, contenders);
    await mkdir(flags.output, { recursive: true });
    const report = path.join(flags.output, 'speed.html');
    await writeFile(path.join(flags.output, 'speed.json'), JSON.stringify(result, null, 1));
    await writeFile(report, speedReport(result));
    const names = contenders.map(({ name }) => name);
    const say = (text: string) =>
      process.stdout.write(`${fitted(text, columnsOf(process.stdout))}\n`);
    say(speedTable(result.rows, names, result.peak));
    say('×3.2 is 3.2 times as long. Brackets give the share of the peak.');
    for (const line of [...peakSentences(result), ...result.speedups.map(speedupSentence)]) {
      say(line);
    }
    say(`Report: ${pathToFileURL(path.resolve(report))}`);
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
    await release();
  }
}

/** Times real FFTs against other packages. */
export async function timeFfts({ output, repeats }: SpeedFlags): Promise<void> {
  const release = await claimOutput(output);
  const { fftSpeed } = await withoutProcessHooks(() => import('./fft-speed.js'));
  await fftSpeed(output, repeats).finally(release);
}

/** Starts the requested contenders. All others are compared with the first. */
async function gather(flags: SpeedFlags): Promise<Contender[]> {
  const { torch, jax, plain, replicas, webgpu, contenders: wanted } = flags;
  const cores = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
  const threadCounts = [...new Set([1, cores.length])];
  const starts: [
    name: string,
    asked: boolean | undefined,
    start: () => Promise<Contender | null>,
  ][] = [
    ['ds webgpu', webgpu, () => tfjsContender('ds webgpu')],
    ['ds wasm', true, () => tfjsContender('ds wasm')],
    ['tfjs wasm', plain, () => tfjsContender('tfjs wasm')],
    ['tfjs webgpu', plain && webgpu, () => tfjsContender('tfjs webgpu')],
    ['tfjs cpu', plain, () => tfjsContender('tfjs cpu')],
    ['jax-js wasm', jax, jaxContender],
    ...(['fft', 'matrices'] as const).flatMap((path) =>
      threadCounts.map((threads): (typeof starts)[number] => [
        torchName(threads, path),
        torch,
        () => torchContender(threads, path),
      ]),
    ),
    [torchName('cuda'), torch && webgpu, () => torchContender('cuda')],
    ...cores.map((count): (typeof starts)[number] => [
      replicaName(count),
      replicas,
      async () => replicaContender(count),
    ]),
  ];
  const contenders: Contender[] = [];
  for (const [name, asked, start] of starts) {
    if (!asked || (wanted && !wanted.some((text) => name.includes(text)))) continue;
    const found = await start();
    if (found) contenders.push(found);
  }
  if (contenders.length > 0) return contenders;
  throw new Error(
    `speed: --contenders must be part of a name (${starts.map(([name]) => name).join(', ')}) ` +
      `that starts here, got ${wanted?.join(', ')}`,
  );
}

/** The cases of a set with the text of `--only` in their group and name. */
function casesOf({ set, only = '' }: SpeedFlags): SpeedCase[] {
  return CASES[set].filter(({ name, group }) => `${group} ${name}`.includes(only));
}

/** @throws Error if no case has the text of `--only`. */
function requireCases(flags: SpeedFlags): void {
  if (casesOf(flags).length > 0) return;
  const groups = [...new Set(CASES[flags.set].map(({ group }) => group))];
  throw new Error(
    `speed: --only must be part of a case of the set ${flags.set}, whose groups are ` +
      `${groups.join(', ')}; got '${flags.only}'`,
  );
}

async function run(flags: SpeedFlags, contenders: Contender[]): Promise<SpeedResult> {
  const options: MeasureOptions = { repeats: flags.repeats, patience: PATIENCE, skips };
  const result: SpeedResult = {
    date: new Date().toISOString(),
    commit: await commit(),
    machine: [
      processorName(),
      `Node ${process.version}`,
      `256-bit vectors of WebAssembly ${hasWideVectors() ? 'on' : 'off'}`,
    ].join(', '),
    command: maskedCommand(process.argv.slice(2)),
    peak: contenders[0]!.peak,
    nativePeak: contenders.find(({ name }) => name === torchName(1))?.peak ?? null,
    contenders: contenders.map(({ name, version }) => ({ name, version })),
    rows: [],
    scaling: [],
    speedups: [],
  };
  for (const speedCase of casesOf(flags)) {
    process.stderr.write(`${speedCase.group}: ${speedCase.name}\n`);
    const row = await measure(speedCase, contenders, options);
    result.rows.push(row);
    if (speedCase.kind === 'step') await compareReplicas(result, row, contenders);
  }
  for (const axis of flags.scaling ? (['size', 'channels', 'batch'] as const) : []) {
    for (const { value, speedCase } of scalingCases(axis)) {
      process.stderr.write(`${speedCase.group}: ${speedCase.name}\n`);
      result.scaling.push({ axis, value, row: await measure(speedCase, contenders, options) });
    }
  }
  if (flags.scaling && flags.replicas) await scaleReplicas(result, options);
  return result;
}

/** Time, in ms, for the speedup of one training step over replicas, and the most pairs of tries. */
const SPEEDUP = { patience: 60_000, most: 60 };

/** Compares one replica with as many as there are cores on the training step of a row. */
async function compareReplicas(
  result: SpeedResult,
  row: SpeedRow,
  contenders: Contender[],
): Promise<void> {
  const replicas = availableParallelism();
  const [one, several] = [1, replicas].map((count) =>
    contenders.find(({ name }) => name === replicaName(count) && isTiming(row.timings[name])),
  );
  if (!one || !several || replicas === 1) return;
  const { name } = row.case;
  const speedup = await measureSpeedup(one, several, { name, replicas, ...SPEEDUP });
  if (speedup) result.speedups.push(speedup);
}

/** Times the same training steps with an increasing number of replicas. */
async function scaleReplicas(result: SpeedResult, options: MeasureOptions): Promise<void> {
  const counts = Array.from({ length: availableParallelism() }, (_, index) => index + 1);
  const contenders = counts.map((count) => replicaContender(count));
  try {
    for (const speedCase of replicaCases()) {
      process.stderr.write(`${speedCase.group}\n`);
      const { timings } = await measure(speedCase, contenders, options);
      counts.forEach((value, index) => {
        const timing = timings[contenders[index]!.name]!;
        const row = { case: speedCase, timings: { 'ds wasm': timing } };
        result.scaling.push({ axis: 'replicas', value, row });
      });
    }
  } finally {
    await Promise.all(contenders.map((contender) => contender.close()));
  }
}

/** Skips cases that would take tfjs's cpu backend more than about half a second. */
function skips({ name }: Contender, speedCase: SpeedCase): string | null {
  if (name !== 'tfjs cpu') return null;
  const { kind, flops } = speedCase;
  const isFilter = kind === 'convolution' && speedCase.pass === 'filter';
  const limit = isFilter ? CPU_LIMIT.filter : CPU_LIMIT.usual;
  return kind === 'step' || flops === 0 || flops > limit ? 'it would take too long' : null;
}

/** The checked-out commit, or `'unknown'` outside a git checkout. */
async function commit(): Promise<string> {
  try {
    const { stdout } = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD']);
    return stdout.trim();
  } catch {
    return 'unknown';
  }
}
