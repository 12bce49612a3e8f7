import { execFileSync } from 'node:child_process';
import { setFlagsFromString } from 'node:v8';
import { getEnvironmentData, setEnvironmentData } from 'node:worker_threads';

/** The key under which the threads of this process find the state. */
const KEY = 'ds-benchmark: wide vectors';

/** The option of V8. Versions name it with or without `experimental`. */
const OPTION = /^\s*--((?:experimental-)?wasm-revectorize)\b/m;

/** An argument of `node` that refuses the option. */
const REFUSAL = /^--no[-_]?(?:experimental[-_])?wasm[-_]revectorize$/;

/**
 * Lets V8 join two 128-bit operations of WebAssembly into one 256-bit operation of AVX2. Results
 * stay the same bit by bit. Node 22 and later have this option on x64, and it is off by default.
 * `node --no-experimental-wasm-revectorize` keeps it off. Call it before any module is compiled.
 */
export function allowWideVectors(): void {
  const isRefused = process.execArgv.some((argument) => REFUSAL.test(argument));
  const option = isRefused ? undefined : OPTION.exec(engineOptions())?.[1];
  if (option !== undefined) setFlagsFromString(`--${option}`);
  setEnvironmentData(KEY, option !== undefined);
}

/** Whether {@link allowWideVectors} has switched the option on in this process. */
export function hasWideVectors(): boolean {
  return getEnvironmentData(KEY) === true;
}

/**
 * The list of V8's options. V8 has no function that returns it, and prints an error when it is
 * given an unknown option.
 */
function engineOptions(): string {
  const [major] = process.versions.v8.split('.').map(Number);
  // Other processors and V8 11 (Node 20) have no such option. Starting a process takes 20 ms.
  if (process.arch !== 'x64' || major! < 12) return '';
  try {
    return execFileSync(process.execPath, ['--v8-options'], { encoding: 'utf8', timeout: 5000 });
  } catch {
    return '';
  }
}
