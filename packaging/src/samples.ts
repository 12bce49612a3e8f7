/** A piece of JavaScript of a page, and the lines that it says it prints. */
export interface Sample {
  code: string;
  /** From the comments behind `console.log`; `…` stands for anything. */
  expected: string[];
}

/** The blocks of a page that are marked as `js run`. */
export function samplesOf(markdown: string): Sample[] {
  return [...markdown.matchAll(/```js run\n([\s\S]*?)```/g)].map(([, code]) => ({
    code: code!,
    expected: [...code!.matchAll(/^\s*console\.log\(.*\); \/\/ (.+)$/gm)].map(([, line]) => line!),
  }));
}

/** Whether a printed line is what a sample says. */
export function isAsSaid(printed: string, expected: string): boolean {
  const pattern = expected
    .split('…')
    .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
    .join('.*');
  return new RegExp(`^${pattern}$`).test(printed);
}
