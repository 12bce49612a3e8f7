// Runs a command on a machine that has only Node and npm. Installs dependencies and builds first:
//   node scripts/run.mjs start [flags of `compare`]   trains and compares, or resumes a run
//   node scripts/run.mjs build [flags of turbo]       builds everything, also the command line
//   node scripts/run.mjs test                         runs every test
//   node scripts/run.mjs demo                         serves the demo page
//   node scripts/run.mjs play [name.js]               runs a scratch file at every save
//   node scripts/run.mjs check [flags of turbo]       lints, checks types, builds
import { execFile, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));
const stampFile = path.join(root, 'node_modules', '.installed-for');
/** `pnpm exec turbo` would first start pnpm, which takes most of a second of a core. */
const TURBO = path.join(root, 'node_modules', 'turbo', 'bin', 'turbo');
const isWindows = process.platform === 'win32';
/** Windows has its own spelling of the variable. */
const PATH = Object.keys(process.env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
const SETTINGS = {
  ...process.env,
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  // Turbo stores the results of tests for one engine.
  DS_NODE: `${process.version} ${process.platform} ${process.arch}`,
};
let searchPath = null;

// Child processes receive Ctrl-C and SIGHUP too and decide how to end. This process waits for them.
for (const signal of ['SIGINT', 'SIGHUP']) process.on(signal, () => {});

requireNode();
await install();
const [command, ...rest] = process.argv.slice(2);
switch (command) {
  case 'start':
    console.log('Building the command line, half a minute the first time …');
    // The declarations are not needed, and take most of the time of a build.
    await turbo('bundle', '--filter=@ds/benchmark...', '--output-logs=errors-only');
    await run(process.execPath, [
      path.join('apps', 'benchmark', 'dist', 'cli.js'),
      'compare',
      // Without --overwrite, finished runs are kept and an interrupted run resumes.
      ...(rest.includes('--overwrite') ? [] : ['--resume']),
      ...rest,
    ]);
    break;
  case 'build':
    await turbo('build', '--output-logs=errors-only', ...rest);
    break;
  case 'demo':
    console.log('Building the page, about a minute the first time …');
    await turbo('build', '--filter=@ds/demo', '--output-logs=errors-only');
    await pnpm('--filter', '@ds/demo', 'run', 'preview', '--port', '5173', ...rest);
    break;
  case 'test':
    if (rest.length === 0) await testAll();
    else await turbo('test', '--concurrency=2', '--output-logs=new-only', ...rest);
    break;
  case 'play':
    await turbo('bundle', '--filter=@ds/play^...', '--output-logs=errors-only');
    await run(process.execPath, [path.join('play', 'start.mjs'), ...rest]);
    break;
  case 'check':
    await check(rest);
    break;
  default:
    console.error(
      `run: command must be start, build, test, demo, play or check, got '${command ?? ''}'`,
    );
    process.exitCode = 1;
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    console.error(`Node ${manifest.engines.node} is needed, this is ${process.versions.node}.`);
    process.exit(1);
  }
}

/** Installs the locked dependencies, unless they are installed already. */
async function install() {
  const hash = createHash('sha256');
  const files = ['pnpm-lock.yaml', 'pnpm-workspace.yaml', 'package.json', ...workspaceManifests()];
  for (const file of files) hash.update(readFileSync(path.join(root, file)));
  const wanted = hash.digest('hex');
  if (existsSync(stampFile) && readFileSync(stampFile, 'utf8') === wanted) return;
  console.log('Installing dependencies …');
  await pnpm('install', '--frozen-lockfile', '--reporter=append-only');
  writeFileSync(stampFile, wanted);
}

function workspaceManifests() {
  const inside = ['packages', 'apps'].flatMap((folder) =>
    readdirSync(path.join(root, folder)).map((name) => path.join(folder, name)),
  );
  return [...inside, 'docs', 'packaging', 'play']
    .map((folder) => path.join(folder, 'package.json'))
    .filter((file) => existsSync(path.join(root, file)));
}

/**
 * Lints, builds and checks types: of all packages, of those chosen, or of all but those left out.
 */
async function check(flags) {
  const quiet = '--output-logs=errors-only';
  const chosen = flags.filter((flag) => !flag.startsWith('--filter=!'));
  if (chosen.length > 0) {
    await turbo('lint', 'build', 'typecheck', quiet, ...flags);
    return;
  }
  await turbo('lint', 'build', quiet, ...flags);
  // One program checks the packages, which takes a third of the time of one for each of them. The
  // demo and the site resolve modules as bundlers do.
  const apart = ['@ds/demo', '@ds/docs'].filter((name) => !flags.includes(`--filter=!${name}`));
  await Promise.all([
    turbo('//#check-types', '--only', quiet),
    turbo('typecheck', quiet, ...apart.map((name) => `--filter=${name}`)),
  ]);
}

/**
 * Builds, and runs every test, or prints the stored log of a test with the same inputs. Turbo
 * starts packages in the order of their imports, so the longest ones would come last and leave
 * cores idle. Here they come first, three at a time: tests often wait, for a browser, a Redis or a
 * thread.
 */
async function testAll() {
  await turbo('build', '--filter=!@ds/docs', '--output-logs=errors-only');
  const hashes = await hashesOfTests();
  const long = 'packaging benchmark docs backend layers train demo models kernels'.split(' ');
  const names = new Set([...long.map((name) => `@ds/${name}`), ...hashes.keys()]);
  const waiting = [...names];
  const next = async () => {
    const name = waiting.shift();
    if (!name) return;
    const tasks = name === '@ds/docs' ? ['build', 'typecheck', 'test'] : ['test'];
    // Without `--only`, a call would restore builds that the tests of another one read. With it,
    // turbo ignores changes of dependencies, which the hash makes up for.
    const args = [TURBO, 'run', ...tasks, '--only', `--filter=${name}`];
    const env = { ...(await environment()), DS_INPUTS: hashes.get(name) };
    await run(process.execPath, args, env);
    await next();
  };
  await Promise.all([next(), next(), next()]);
}

/** A hash of everything that the tests of a package depend on, by the name of the package. */
async function hashesOfTests() {
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [TURBO, 'run', 'test', '--dry=json'],
    { cwd: root, env: await environment(), maxBuffer: 2 ** 28 },
  );
  const { tasks } = JSON.parse(stdout);
  return new Map(
    tasks.filter(({ task }) => task === 'test').map(({ package: name, hash }) => [name, hash]),
  );
}

async function turbo(...args) {
  return run(process.execPath, [TURBO, 'run', ...args], await environment());
}

/** Runs pnpm at the pinned version. It need not be installed. */
async function pnpm(...args) {
  return run('pnpm', args, await environment());
}

/** The environment of commands, in which pnpm is found. */
async function environment() {
  searchPath ??= pathWithPnpm();
  return { ...SETTINGS, [PATH]: await searchPath };
}

/**
 * npx stores pnpm at the pinned version. Its start takes longer than that of pnpm, so it is asked
 * once.
 *
 * @returns the search path of programs, which begins with the folder of that pnpm.
 */
async function pathWithPnpm() {
  const args = ['--yes', `--package=${manifest.packageManager}`, '--', 'node', '-p'];
  const { stdout } = await promisify(execFile)('npx', [...args, `process.env.${PATH}`], {
    cwd: root,
    shell: isWindows,
  });
  return stdout.trim();
}

/**
 * Runs a command to its end. If it fails, its promise stays open: nothing follows it, and this
 * process ends with the same exit code as soon as no other command runs.
 */
function run(file, args, env = SETTINGS) {
  return new Promise((resolve) => {
    const shell = isWindows && file === 'pnpm';
    const child = spawn(file, args, { cwd: root, stdio: 'inherit', shell, env });
    child.on('error', (error) => {
      console.error(`${file}: ${error.message}`);
      process.exitCode ??= 1;
    });
    child.on('close', (code, signal) => {
      if (code === 0) return resolve();
      process.exitCode ??= code ?? (signal === 'SIGINT' ? 130 : 1);
      // Last of all, where the logs of other commands do not hide it.
      process.once('exit', () => console.error(`Failed: ${[file, ...args].join(' ')}`));
    });
  });
}
