import { describe, expect, it } from 'vitest';
import {
  lineOfImport,
  linkedProgram,
  ProgramFault,
} from '../../.vitepress/theme/playground/linked-program.js';

const link = (code: string) => linkedProgram(code, async (name) => `blob:${name}`);

describe('linkedProgram', () => {
  it('replaces the names of imports, exports and imports at run time, and nothing else', async () => {
    const code = [
      "import * as tf from '@tensorflow/tfjs';",
      'import { a,',
      '  b } from "@ds/layers";',
      "export * from '@ds/masks';",
      "const text = \"from '@ds/fft'\"; // import '@ds/fft'",
      "const fft = await import('@ds/fft/plan');",
      'console.log(import.meta.url, await import(text));',
    ];
    expect((await link(code.join('\n'))).split('\n')).toEqual([
      "import * as tf from 'blob:@tensorflow/tfjs';",
      'import { a,',
      '  b } from "blob:@ds/layers";',
      "export * from 'blob:@ds/masks';",
      code[4],
      "const fft = await import('blob:@ds/fft/plan');",
      code[6],
    ]);
  });

  it('leaves addresses as they are', async () => {
    const code = "import { x } from 'https://example.org/x.js';";
    expect(await link(code)).toBe(code);
  });

  it('refuses another module at its line', async () => {
    const fault = await link("let a = 1;\nimport fs from 'node:fs';\n").catch((error) => error);
    expect(fault).toBeInstanceOf(ProgramFault);
    expect(fault.message).toMatch(/^The playground has no module 'node:fs'\. It has @tensorflow/);
    expect(fault.line).toBe(2);
  });
});

describe('lineOfImport', () => {
  const code = [
    "import { nopes } from '@ds/layers';",
    "import { nope } from '@ds/masks';",
    'import {',
    '  diffStride,',
    '  nope,',
    "} from '@ds/layers';",
    "await import('@ds/layers');",
  ].join('\n');

  it('finds the name in the imports of the module', () => {
    expect(lineOfImport(code, '@ds/layers', 'nope')).toBe(5);
    expect(lineOfImport(code, '@ds/masks', 'nope')).toBe(2);
  });

  it('finds nothing that is not imported', () => {
    expect(lineOfImport(code, '@ds/fft', 'nope')).toBeNull();
    expect(lineOfImport(code, '@ds/layers', 'layers')).toBeNull();
  });
});
