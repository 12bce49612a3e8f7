import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import manifest from '../../package.json' with { type: 'json' };

/**
 * The version of the code that trains: `0.3.1`. In a clone, with its commit, and with `-dirty` if
 * files have changed since: `0.3.1, commit 1a2b3c4d5e6f-dirty`.
 */
export async function codeVersion(folder = import.meta.dirname): Promise<string> {
  const git = async (...args: string[]) =>
    (await promisify(execFile)('git', args, { cwd: folder })).stdout.trim();
  const { version } = manifest;
  try {
    // An installed package is in the clone of a program that depends on it.
    if ((await git('rev-parse', '--show-prefix')).includes('node_modules/')) return version;
    const flags = ['--always', '--abbrev=12', '--dirty', '--exclude=*'];
    return `${version}, commit ${await git('describe', ...flags)}`;
  } catch {
    return version;
  }
}
