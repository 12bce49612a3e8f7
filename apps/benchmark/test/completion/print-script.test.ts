import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { cli } from '../command-line.js';

/** Whether a shell is installed here. */
function isHere(shell: string): boolean {
  try {
    execFileSync(shell, ['-c', 'exit 0']);
    return true;
  } catch {
    return false;
  }
}

/** Defines the command as a function, since it need not be installed. */
const DEFINED = `ds-benchmark() { '${process.execPath}' '${cli}' "$@"; }`;

/**
 * What one bash completes for each of several command lines: the last of their words. Lines of the
 * script's errors fail the test.
 */
function bash(...lines: string[][]): string[][] {
  const completions = lines.map((words) => {
    const list = ['ds-benchmark', ...words].map((word) => `'${word}'`).join(' ');
    return `COMP_WORDS=(${list}) COMP_CWORD=${words.length} COMPREPLY=()
__ds_benchmark_complete
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p ds-benchmark
echo ${END}`;
  });
  const program = `${DEFINED}
source <(ds-benchmark completion bash) || exit 1
compopt() { :; }
${completions.join('\n')}`;
  const printed = execFileSync('bash', ['--norc', '-c', program], { encoding: 'utf8' });
  const parts = printed.split(`${END}\n`).slice(0, -1);
  return parts.map((part) => part.trim().split('\n'));
}

/** The line after the completions of each command line. */
const END = '--';

describe('the script for bash', () => {
  it('completes commands, flags and values, and leaves paths to bash', () => {
    const registered = 'complete -o default -F __ds_benchmark_complete ds-benchmark';
    expect(bash(['tra'], ['train', '--pooling', 'ma'], ['train', '--output', ''])).toEqual([
      ['train', 'tradeoff', registered],
      ['max-blur', 'max', registered],
      [registered],
    ]);
  });
});

describe.each(['zsh', 'fish'])('the script for %s', (shell) => {
  // Both are rarely installed; the script is that of a library.
  it.skipIf(!isHere(shell))('has no syntax error, and names the command', () => {
    const script = execFileSync(process.execPath, [cli, 'completion', shell], {
      encoding: 'utf8',
    });
    execFileSync(shell, ['-n', '/dev/stdin'], { input: script });
    expect(script).toMatch(/ds-benchmark complete -- /);
  });
});
