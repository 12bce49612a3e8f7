/// <reference types="vite/client" />
// Runs one program of the playground. The page ends this worker to stop it.
import { format } from 'node-inspect-extracted';
import { transform } from 'sucrase';
import { consoleMethods } from './console-methods.js';
import { lineOfImport, linkedProgram, ProgramFault } from './linked-program.js';
import type { Message, Order } from './messages.js';
import type { ModuleName } from './module-names.js';
import { MODULES } from './modules.js';
import { pictureOf } from './picture-of.js';

/** The most messages of a program. More would make the page slow. */
const MAX_MESSAGES = 1000;
/** The most characters of one message. */
const MAX_TEXT = 20_000;

const host = globalThis as unknown as Record<string, unknown>;

/** The address of the running program, as it appears in stacks. */
let address = '';
/** The program in JavaScript, with the names of its modules. */
let code = '';
/** The names of the modules, by the addresses that replace them in the running program. */
const moduleNames = new Map<string, ModuleName>();
let sent = 0;

// Programs of the guides read options from the environment, which is empty here.
host.process = { env: {} };
host.show = (tensor: unknown, title = '') => {
  send({ kind: 'picture', picture: pictureOf(tensor), title: String(title) });
};
Object.assign(
  console,
  consoleMethods((level, text) => {
    const isLong = text.length > MAX_TEXT;
    send({ kind: 'text', level, text: isLong ? `${text.slice(0, MAX_TEXT)} …` : text });
  }),
);
addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  report(event.reason);
});
addEventListener('error', (event) => {
  event.preventDefault();
  report(event.error ?? event.message);
});
addEventListener('message', ({ data }: MessageEvent<Order>) => run(data.program), { once: true });

async function run(program: string): Promise<void> {
  try {
    ({ code } = transform(program, { transforms: ['typescript'], disableESTransforms: true }));
    const linked = await linkedProgram(code, moduleAddress);
    address = URL.createObjectURL(new Blob([linked], { type: 'text/javascript' }));
    const start = performance.now();
    await import(/* @vite-ignore */ address);
    send({ kind: 'done', ms: performance.now() - start });
  } catch (error) {
    report(error);
  }
}

/** Loads a module, and makes one that exports the same, for programs to import by its address. */
async function moduleAddress(name: ModuleName): Promise<string> {
  await prepare(name);
  const exports = await MODULES[name]();
  host[name] = exports;
  const names = Object.keys(exports).filter((one) => one !== 'default');
  const from = `globalThis[${JSON.stringify(name)}]`;
  const again = `export const { ${names.join(', ')} } = ${from};\nexport default ${from}.default;`;
  const at = URL.createObjectURL(new Blob([again], { type: 'text/javascript' }));
  moduleNames.set(at, name);
  return at;
}

/** Sets where tfjs finds its files for wasm, and starts on cpu, as programs do in Node. */
async function prepare(name: ModuleName): Promise<void> {
  if (name === '@tensorflow/tfjs') {
    const { setBackend } = await import('@tensorflow/tfjs');
    await setBackend('cpu');
  }
  if (name !== '@ds/backend' && name !== '@tensorflow/tfjs-backend-wasm') return;
  const [{ setWasmPaths }, plain, simd, threaded] = await Promise.all([
    import('@tensorflow/tfjs-backend-wasm'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-simd.wasm?url'),
    import('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm-threaded-simd.wasm?url'),
  ]);
  setWasmPaths({
    'tfjs-backend-wasm.wasm': plain.default,
    'tfjs-backend-wasm-simd.wasm': simd.default,
    'tfjs-backend-wasm-threaded-simd.wasm': threaded.default,
  });
}

function report(error: unknown): void {
  if (error instanceof ProgramFault) {
    send({ kind: 'fault', text: error.message, line: error.line, isSyntax: false });
    return;
  }
  const isSyntax = error instanceof SyntaxError;
  send({ kind: 'fault', text: textOf(error), line: lineOf(error), isSyntax });
}

function textOf(error: unknown): string {
  if (!(error instanceof Error)) return `Uncaught ${format(error)}`;
  // sucrase adds its task before the message, and the place after it.
  let message = error.message.replace(/^Error transforming \S+: /, '').replace(/ \(\d+:\d+\)$/, '');
  for (const [at, name] of moduleNames) message = message.replaceAll(at, name);
  return `${error.name}: ${message}`;
}

/** The line of the program that an error comes from. */
function lineOf(error: unknown): number | null {
  const { loc, stack = '' } = (error ?? {}) as { loc?: { line: number }; stack?: string };
  if (loc) return loc.line;
  const [, frame] = address ? String(stack).split(address) : [];
  const [, line] = /^:(\d+)/.exec(frame ?? '') ?? [];
  return line ? Number(line) : lineOfMissing(error);
}

/** The line that imports what a module does not have, if the browser's message names both. */
function lineOfMissing(error: unknown): number | null {
  if (!(error instanceof SyntaxError)) return null;
  const [, name] = /named:? '([^']+)'/.exec(error.message) ?? [];
  const [, module] = [...moduleNames].find(([at]) => error.message.includes(at)) ?? [];
  return name && module ? lineOfImport(code, module, name) : null;
}

function send(message: Message): void {
  const isEnd = message.kind === 'done' || message.kind === 'fault';
  if (sent === MAX_MESSAGES && !isEnd) {
    sent += 1;
    const text = `More than ${MAX_MESSAGES.toLocaleString('en')} lines. The rest is not shown.`;
    postMessage({ kind: 'text', level: 'warn', text } satisfies Message);
  }
  if (sent > MAX_MESSAGES && !isEnd) return;
  sent += 1;
  postMessage(message);
}
