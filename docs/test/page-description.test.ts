import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageDescription } from '../scripts/page-description.mjs';

describe('the description of a page', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'description-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  const of = (text: string) => {
    writeFileSync(path.join(folder, 'page.md'), text);
    return pageDescription(folder, 'page.md');
  };

  it('is the first paragraph as plain text', () => {
    expect(
      of(
        '---\ntitle: A\n---\n# Title\n\n```sh\nnpm install\n```\n\n`diffStride` of\n[a package](/x) *pools*.\n\nMore.',
      ),
    ).toBe('diffStride of a package pools.');
  });

  it('ends with a sentence, if one is short enough', () => {
    expect(of(`# T\n\nThe first sentence. ${'word '.repeat(40)}end.`)).toBe('The first sentence.');
  });

  it('leaves out a last sentence that announces something, unless it is the only one', () => {
    expect(of('# T\n\nOne package is enough. Run this:\n\n```sh\nls\n```')).toBe(
      'One package is enough.',
    );
    expect(of('# T\n\nOne package is enough to begin:')).toBe('One package is enough to begin.');
  });

  it('ends with a word otherwise', () => {
    const description = of(`# T\n\n${'word '.repeat(60)}end.`);
    expect(description).toMatch(/word …$/);
    expect(description.length).toBeLessThanOrEqual(162);
  });

  it('is empty on a page without a paragraph', () => {
    expect(of('# T\n\n| a |\n| - |\n| b |')).toBe('');
  });
});
