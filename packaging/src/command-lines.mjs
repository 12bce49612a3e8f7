// Runs command lines one after the other in one process, until one fails:
//   node command-lines.mjs …/dist/cli.js 'npx ds-benchmark config > mine.yaml' …
// Prints JSON: what each of them printed, and its exit code.
import { readdirSync, writeFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const [cli, ...lines] = process.argv.slice(2);
const results = [];

const writes = ['stdout', 'stderr'].map((name) => {
  const stream = process[name];
  const write = stream.write.bind(stream);
  stream.write = (chunk, ...rest) => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    results.at(-1).all += text;
    results.at(-1)[name] += text;
    rest.find((one) => typeof one === 'function')?.();
    return true;
  };
  // Each command adds listeners.
  stream.setMaxListeners(0);
  return write;
});

process.on('exit', (code) => {
  results.at(-1).code = code;
  writes[0](JSON.stringify(results));
  process.exitCode = 0;
});

const exit = process.exit.bind(process);
// A command with --import ends the process after its output. Here the next one follows.
process.exit = (code) => code !== undefined && exit(code);

for (const [i, line] of lines.entries()) {
  results.push({ all: '', stdout: '', stderr: '', code: 0 });
  const { words, target } = parse(line);
  // In place of `npx ds-benchmark`.
  process.argv.splice(1, Infinity, ...words.slice(1));
  // A module with another address runs again. Its imports do not.
  await import(`${pathToFileURL(cli)}?start=${i}`);
  if (process.exitCode) break;
  if (target) writeFileSync(target, results.at(-1).stdout);
}

/** Splits a line as a shell does, without `# …` and `> file` at its end. */
function parse(line) {
  const words = [];
  let target = null;
  for (const [, quoted, plain] of line.matchAll(/'([^']*)'|(\S+)/g)) {
    if (plain?.startsWith('#')) break;
    if (plain && /["'`$&|;<\\]/.test(plain)) throw new Error(`only a shell can run '${line}'`);
    if (words.at(-1) === '>') {
      words.pop();
      target = plain;
    } else if (plain?.endsWith('/*')) {
      const folder = plain.slice(0, -1);
      words.push(...readdirSync(folder).map((name) => folder + name));
    } else {
      words.push(quoted ?? plain);
    }
  }
  return { words, target };
}
