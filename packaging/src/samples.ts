/** A JavaScript sample of a page, and its expected output. */
export interface Sample {
  /** The sample, after the code of a hidden `<!-- before … -->` comment. */
  code: string;
  /** The lines in the comments after `console.log`. `…` matches any text. */
  expected: string[];
  /**
   * The name of a file that other samples of the page use. `null` for a sample that runs itself.
   */
  file: string | null;
}

const BLOCK = /(?:<!-- before\n([\s\S]*?)-->\s*)?```(?:js|ts) (?:run|file=(\S+))\n([\s\S]*?)```/g;

/**
 * The `js` and `ts` blocks of a page that are marked `run` or as a file. TypeScript is not
 * compiled.
 */
export function samplesOf(markdown: string): Sample[] {
  return [...markdown.matchAll(BLOCK)].map(([, before = '', file = null, code]) => ({
    code: `${before}${code}`,
    expected: [...code!.matchAll(/^\s*(?:if .*)?console\.log\(.*\); \/\/ (.+)$/gm)].map(
      ([, line]) => line!,
    ),
    file,
  }));
}

/** The blocks of a page that are marked as a file, by the heading of level 2 above them. */
export function filesBySection(markdown: string): Record<string, Record<string, string>> {
  const sections = markdown.split(/^## /m).slice(1);
  return Object.fromEntries(
    sections.map((section) => [
      section.slice(0, section.indexOf('\n')),
      Object.fromEntries(
        [...section.matchAll(/```\w+ file=(\S+)\n([\s\S]*?)```/g)].map(([, name, text]) => [
          name!,
          text!,
        ]),
      ),
    ]),
  );
}

/** The `sh` blocks of a page that are marked `run`. */
export function commandsOf(markdown: string): string[] {
  return [...markdown.matchAll(/```sh run\n([\s\S]*?)```/g)].map(([, commands]) => commands!);
}

/**
 * The code blocks that no test runs. Samples of the conformance kit are excluded: vitest runs it.
 */
export function untested(markdown: string): string[] {
  return [...markdown.matchAll(/```(?:js|ts)\n([\s\S]*?)```/g)]
    .map(([, code]) => code!)
    .filter((code) => !code.includes('describePooling('));
}

/** Whether a printed line matches the expected line of a sample. */
export function isAsSaid(printed: string, expected: string): boolean {
  const pattern = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(printed);
}
