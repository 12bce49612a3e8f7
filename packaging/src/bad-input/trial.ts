import * as tf from '@tensorflow/tfjs';
import type { Kind } from './kinds.js';

/** A call of an export, and the wrong values of each argument. */
export interface Call {
  /** The function name in its errors. */
  as: string;
  call: (...args: never[]) => unknown;
  /** Creates valid arguments. */
  good: () => unknown[];
  /** The wrong values by the argument's name, in order. */
  args: Record<string, Kind>;
}

/** The calls of every export of an entry. An export that takes no argument has none. */
export type Table = Record<string, Call[]>;

/** The most milliseconds that a wrong call may take. */
const SOON = 1000;

/** Makes every wrong call. Returns a line for each call that did not throw the expected error. */
export async function faultsOf({ as, call, good, args }: Call): Promise<string[]> {
  const run = call as (...args: unknown[]) => unknown;
  const faults: string[] = [];
  const right = good();
  try {
    await run(...right);
  } catch (error) {
    faults.push(`${as} of what is right: ${(error as Error).message}`);
  }
  const names = Object.keys(args);
  for (const [at, name] of names.entries()) {
    for (const bad of args[name]!) {
      const given = right.slice();
      given[at] = bad.make(right[at]);
      const fault = await faultOf(() => run(...given), as, bad.names ?? [name]);
      if (fault) faults.push(`${as} of ${name}, ${bad.what}: ${fault}`);
      for (const made of tensorsIn(given[at])) {
        if (!tensorsIn(right).includes(made)) made.dispose();
      }
    }
  }
  for (const made of tensorsIn(right)) made.dispose();
  return faults;
}

async function faultOf(run: () => unknown, as: string, names: string[]): Promise<string | null> {
  const before = tf.memory().numTensors;
  const start = performance.now();
  let message: string;
  try {
    await run();
    return 'was taken';
  } catch (error) {
    message = error instanceof Error ? error.message : String(error);
  }
  const took = performance.now() - start;
  const left = tf.memory().numTensors - before;
  if (left !== 0) return `left ${left} tensors`;
  if (took > SOON) return `took ${took.toFixed()} ms`;
  const said = message.length > 160 ? `${message.slice(0, 160)}…` : message;
  if (!message.startsWith(`${as}: `)) return `does not name the function: ${said}`;
  if (!/ must .*, got /s.test(message)) return `says no rule, or not what it got: ${said}`;
  const missing = names.filter((name) => !message.includes(name));
  return missing.length > 0 ? `does not name ${missing}: ${said}` : null;
}

function tensorsIn(value: unknown): tf.Tensor[] {
  if (value instanceof tf.Tensor) return [value];
  if (Array.isArray(value)) return value.flatMap(tensorsIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.getPrototypeOf(value) === Object.prototype
    ? Object.values(value).flatMap(tensorsIn)
    : [];
}
