import { init, parse } from 'es-module-lexer';
import { isModuleName, MODULE_NAMES, type ModuleName } from './module-names.js';

/** A fault of a program, at one of its lines. */
export class ProgramFault extends Error {
  constructor(
    message: string,
    readonly line: number | null,
  ) {
    super(message);
  }
}

/**
 * Replaces the names in a program's imports by addresses. A browser resolves no names in a worker.
 * Lines keep their numbers.
 *
 * @param code the program, as JavaScript
 * @param addressOf the address of a module
 * @throws ProgramFault if the program imports another module
 */
export async function linkedProgram(
  code: string,
  addressOf: (name: ModuleName) => Promise<string>,
): Promise<string> {
  await init;
  const [imports] = parse(code);
  let linked = '';
  let end = 0;
  for (const { specifier, start, end: after } of imports) {
    // `import.meta` has none, and neither has `import(address)` of a computed address.
    if (!specifier || /^(https?|data|blob):/.test(specifier)) continue;
    if (!isModuleName(specifier)) throw unknownModule(specifier, lineAt(code, start));
    linked += code.slice(end, start) + quotedLike(code[start]!, await addressOf(specifier));
    end = after;
  }
  return linked + code.slice(end);
}

/**
 * The line where a program imports a name from a module, or `null` if it does not.
 *
 * @param code the program, as JavaScript, before {@link linkedProgram}
 */
export function lineOfImport(code: string, module: string, name: string): number | null {
  const [imports] = parse(code);
  for (const { specifier, importStart, start } of imports) {
    if (specifier !== module) continue;
    for (const { 0: word, index } of code
      .slice(importStart, start)
      .matchAll(/[\w$\u0080-\uffff]+/g))
      if (word === name) return lineAt(code, importStart + index);
  }
  return null;
}

/** The number of the line at a place of a text. The first line is 1. */
export function lineAt(text: string, place: number): number {
  return text.slice(0, place).split('\n').length;
}

/** Adds quotes to an address if what it replaces begins with one. */
function quotedLike(first: string, address: string): string {
  return /['"`]/.test(first) ? `'${address}'` : address;
}

function unknownModule(name: string, line: number): ProgramFault {
  return new ProgramFault(
    `The playground has no module '${name}'. It has ${MODULE_NAMES.join(', ')}.`,
    line,
  );
}
