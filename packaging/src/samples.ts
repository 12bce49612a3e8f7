/** A piece of JavaScript of a page, and the lines that it says it prints. */
export interface Sample {
  /** With what a comment that readers do not see says it needs. */
  code: string;
  /** From the comments behind `console.log`; `…` stands for anything. */
  expected: string[];
  /** The name of a file that other samples of the page run; `null`: it is run itself. */
  file: string | null;
}

const BLOCK = /(?:<!-- before\n([\s\S]*?)-->\s*)?```(?:js|ts) (?:run|file=(\S+))\n([\s\S]*?)```/g;

/** The blocks of a page that are marked as `run` or as a file, in JavaScript or in TypeScript that is JavaScript too. */
export function samplesOf(markdown: string): Sample[] {
  return [...markdown.matchAll(BLOCK)].map(([, before = '', file = null, code]) => ({
    code: `${before}${code}`,
    expected: [...code!.matchAll(/^\s*(?:if .*)?console\.log\(.*\); \/\/ (.+)$/gm)].map(
      ([, line]) => line!,
    ),
    file,
  }));
}

/** The commands of a page that are marked as `run`, block by block. */
export function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/```sh run\n([\s\S]*?)```/g)].map(([, commands]) => commands!);
}

/** Blocks of code that nothing runs. The conformance kit declares tests: vitest runs it. */
export function untested(markdown: string): string[] {
  return [...markdown.matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)]
    .map(([, code]) => code!)
    .filter((code) => !code.includes('describePooling('));
}

/** Whether a printed line is what a sample says. */
export function isAsSaid(printed: string, expected: string): boolean {
  const pattern = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(printed);
}
