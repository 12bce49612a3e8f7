import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { speedPage } from '../scripts/speed-page.mjs';

const fileOf = (name: string) => fileURLToPath(new URL(`../speed/${name}`, import.meta.url));
const folder = mkdtempSync(path.join(tmpdir(), 'speed-page-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** The section on GPUs of a page generated from this measurement. */
function gpuPart(gpu: object): string {
  const onGpu = path.join(folder, 'gpu.json');
  writeFileSync(onGpu, JSON.stringify(gpu));
  const others = ['stored.json', 'another.json', 'fft.json'].map(fileOf);
  const page: string = speedPage(...(others as [string, string, string]), onGpu);
  return page.slice(page.indexOf('## On a GPU'), page.indexOf('## Real FFTs'));
}

const step = (sum: number) => ({ sum, kernels: { Conv2D: sum } });
const gpu = {
  date: '2026-01-01T00:00:00.000Z',
  commit: 'abc',
  machine: 'a host',
  command: 'ds-benchmark speed',
  device: 'a GPU',
  peak: 50_000,
  contenders: [
    { name: 'ours', version: '1' },
    { name: 'PyTorch, GPU', version: '2' },
    { name: 'theirs', version: '3' },
  ],
  rows: [0.5, 2, 3].map((ratio, i) => ({
    case: { name: `case ${i}`, group: 'a group' },
    timings: {
      ours: { median: 1, low: 1, high: 1, gflops: null, ratio: 1 },
      'PyTorch, GPU': { median: ratio, low: ratio, high: ratio, gflops: null, ratio },
      theirs: i === 0 ? { error: 'cannot' } : undefined,
    },
  })),
  gpuTime: [{ name: 'a step', dispatches: 7, before: step(30), after: step(20) }],
  host: { name: 'a step', ms: 50, dispatches: 7, parts: { submit: 10, 'bind groups': 15 } },
};
const withRatios = (...ratios: number[]) => ({
  ...gpu,
  rows: gpu.rows.map((row, i) => ({
    ...row,
    timings: {
      ...row.timings,
      'PyTorch, GPU': { ...row.timings['PyTorch, GPU'], ratio: ratios[i] },
    },
  })),
});

/** The page of a run on a CPU with these ratios to `ds wasm`, by contender. */
function cpuPage(rows: Record<string, number>[], more: object = {}): string {
  const cpu = path.join(folder, 'cpu.json');
  const asked = rows.flatMap((row) => Object.keys(row));
  const names = [...new Set(['ds wasm', 'PyTorch, 1 thread', ...asked])];
  const timing = (ratio: number) => ({ median: ratio, low: ratio, high: ratio, ratio });
  const run = {
    date: '2026-01-01T00:00:00.000Z',
    commit: 'abc',
    machine: 'a host',
    command: 'ds-benchmark speed',
    peak: 50,
    nativePeak: 100,
    contenders: names.map((name) => ({ name, version: '1' })),
    rows: rows.map((row, i) => ({
      case: { name: `case ${i}`, group: 'a group', kind: 'step' },
      timings: {
        'ds wasm': timing(1),
        ...Object.fromEntries(Object.entries(row).map(([name, ratio]) => [name, timing(ratio)])),
        none: { cannot: 'it is missing' },
      },
    })),
    ...more,
  };
  writeFileSync(cpu, JSON.stringify(run));
  return speedPage(cpu, cpu, fileOf('fft.json'), fileOf('gpu.json'));
}

describe('the page on speed, of a CPU', () => {
  const two = { 'PyTorch, 2 threads': 1.2, 'ds wasm, 2 replicas': 0.6 };

  it('compares two threads with two replicas, and counts the rows in which they are faster', () => {
    const page = cpuPage([
      { ...two, 'PyTorch matrices, 2 threads': 0.3 },
      { 'PyTorch, 2 threads': 0.5, 'ds wasm, 2 replicas': 1 },
      { 'PyTorch, 2 threads': 0.5 },
    ]);
    expect(page).toContain('| a group: case 0 | ×2.00 | ×0.50 |');
    expect(page).toContain('| a group: case 1 | ×0.50 | – |');
    expect(page).not.toContain('| a group: case 2 | ×0.50 | –');
    expect(page).toContain(
      'PyTorch is ahead in 1 of 2 rows, and with the same matrices in 1 of 1.',
    );
    expect(page).toContain('does 2.0 times the wasm peak');
    expect(cpuPage([{ 'PyTorch, 1 thread': 2 }])).not.toContain('## Two threads');
  });

  it('compares them on another processor too, without the tables of one core', () => {
    const page = cpuPage([two]);
    const start = page.indexOf('## On another processor');
    const anotherPart = page.slice(start, page.indexOf('## On a GPU'));
    expect(anotherPart).toContain('a host, 2026-01-01, commit abc.');
    expect(anotherPart).toContain('### Two threads against two replicas');
    expect(anotherPart).toContain('| a group: case 0 | ×2.00 | – |');
    expect(anotherPart).not.toContain('### a group');
  });

  it('compares with others on as many cores, and has a dash for what was not timed', () => {
    const page = cpuPage([{ ...two, 'PyTorch, 1 thread': 0.9 }]);
    const [standings] = page.match(/Faster than ds wasm are: .*/)!;
    expect(standings).toBe(
      'Faster than ds wasm are: PyTorch, 1 thread in all 1 rows (×0.900 to ×0.900).',
    );
    const missing = cpuPage([two], {
      contenders: ['ds wasm', 'PyTorch, 1 thread', 'none'].map((name) => ({ name, version: '1' })),
    });
    expect(missing).toMatch(/\| case 0 \| .* \| –\s\|/);
  });

  it('says which loop has the wasm peak, and whether the engine joined vectors', () => {
    const machine = 'a host, 256-bit vectors of WebAssembly on';
    const page = cpuPage([two], { machine });
    expect(page).toContain(`${machine}, 2026-01-01`);
    expect(page).toContain(
      'The wasm peak of one core is 50.0 GFLOP/s, in the inner loop of our matrix products.',
    );
  });
});

describe('the page on speed', () => {
  it('names the host or the GPU as the limit, according to the times', () => {
    const bound = gpuPart(gpu);
    expect(bound).toContain('**The host is the limit.** a step: 50.0 ms a step');
    expect(bound).toContain('and the GPU works for 40 % of it.');
    expect(bound).toContain('so they say more about the host than about the programs.');
    const busy = gpuPart({
      ...gpu,
      gpuTime: [{ ...gpu.gpuTime[0], after: step(45) }],
    });
    expect(busy).toContain('**The GPU is the limit.**');
    expect(busy).toContain('and the GPU works for 90 % of it.');
    expect(busy).not.toContain('the host than');
    const unknown = gpuPart({ ...gpu, gpuTime: [] });
    expect(unknown).toContain('a step: 50.0 ms a step.');
    expect(unknown).not.toMatch(/is the limit|the GPU works/);
  });

  it('reports the time of a step beyond the parts of the driver, if there is any', () => {
    expect(gpuPart(gpu)).toContain(
      "Of 7 dispatches, the driver's part is: submit: 10.0 ms; bind groups: 15.0 ms. " +
        "The other 25.0 ms are tfjs's own bookkeeping.",
    );
    const all = gpuPart({ ...gpu, host: { ...gpu.host, parts: { submit: 50 } } });
    expect(all).not.toContain('bookkeeping');
    const none = gpuPart({ ...gpu, host: { ...gpu.host, parts: {} } });
    expect(none).not.toMatch(/the driver's part|bookkeeping/);
  });

  it('counts the rows in which another contender is faster, among the rows that it ran', () => {
    const faster = (measured: object) => /Faster than .*\)\./.exec(gpuPart(measured))?.[0];
    expect(faster(gpu)).toBe(
      'Faster than ours are: PyTorch, GPU in 1 of 3 rows (×0.500 to ×3.00).',
    );
    expect(faster(withRatios(0.5, 0.9, 0.1))).toContain('PyTorch, GPU in all 3 rows (×0.100 to');
    expect(faster(withRatios(1, 1.1, 2))).toContain(
      'PyTorch, GPU in none of 3 rows (×1.00 to ×2.00)',
    );
    expect(faster({ ...gpu, contenders: gpu.contenders.slice(0, 1) })).toBeUndefined();
  });

  it('mentions PyTorch and a change only if the measurement has them', () => {
    expect(gpuPart(gpu)).toContain('PyTorch runs in float32 too');
    expect(gpuPart(gpu)).not.toContain('Between the two');
    const alone = { ...gpu, contenders: gpu.contenders.slice(0, 1), between: 'a loop went' };
    expect(gpuPart(alone)).not.toContain('PyTorch runs');
    expect(gpuPart(alone)).toContain('Between the two measurements, a loop went:');
  });

  it('agrees with the stored numbers', () => {
    const measured = JSON.parse(readFileSync(fileOf('gpu.json'), 'utf8'));
    const ratios: number[] = measured.rows.map(
      (row: { timings: Record<string, { ratio: number }> }) => row.timings['PyTorch, GPU']!.ratio,
    );
    const ahead = ratios.filter((ratio) => ratio < 1).length;
    const share = ahead === ratios.length ? 'all' : ahead === 0 ? 'none of' : `${ahead} of`;
    expect(gpuPart(measured)).toContain(`PyTorch, GPU in ${share} ${ratios.length} rows`);
  });
});
