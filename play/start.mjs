// Runs a scratch file, and runs it again at every save:
//   node play/start.mjs [name.js]
// The default is play.js. `pnpm play` builds the packages first. A new file is a copy of
// sample.mjs.
import { spawn } from 'node:child_process';
import { copyFileSync, existsSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const [name = 'play.js', ...more] = process.argv.slice(2);
if (more.length > 0 || !/^[\w-]+\.js$/.test(name)) {
  const got = [name, ...more].join(' ');
  console.error(
    `play: the file must be a name of letters, digits, _ and - that ends in .js, got '${got}'. ` +
      'Leave it out for play.js.',
  );
  process.exit(1);
}
const folder = fileURLToPath(new URL('.', import.meta.url));
const file = path.join(folder, name);
if (!existsSync(file)) {
  copyFileSync(path.join(folder, 'sample.mjs'), file);
  console.log(`made play/${name} from play/sample.mjs`);
}
console.log(`Edit play/${name}: it runs again when you save it. Ctrl-C ends it.`);

const child = spawn(process.execPath, ['--watch', '--watch-preserve-output', file], {
  stdio: 'inherit',
});
// Ctrl-C reaches the child by itself.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => child.kill());
child.on('exit', (code) => {
  process.exitCode = code ?? 0;
});
