import { script } from '@bomb.sh/tab';

/** The command that the scripts complete, and call for the completions. */
const NAME = 'ds-benchmark';

/** The function of bash-completion that the script for bash calls, where that is not installed. */
const WORDS_OF_BASH = `
if ! declare -F _get_comp_words_by_ref > /dev/null; then
  _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD - 1]}
  }
fi
# Without this option, bash would complete no paths.
complete -o default -F __ds_benchmark_complete ${NAME}
`;

/** Prints the script that makes a shell complete the command line. */
export function printScript(shell: 'bash' | 'zsh' | 'fish'): void {
  script(shell, NAME, NAME);
  if (shell === 'bash') process.stdout.write(WORDS_OF_BASH);
}
