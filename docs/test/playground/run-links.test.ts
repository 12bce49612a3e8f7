import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { runsInPlayground } from '../../.vitepress/theme/playground/run-links.js';
import { programIn } from '../../.vitepress/theme/playground/shared-code.js';

const docs = fileURLToPath(new URL('../..', import.meta.url));

describe('runsInPlayground', () => {
  it('takes programs whose modules the playground has', () => {
    expect(runsInPlayground("import { a } from '@ds/layers';\nconst b: number = a;")).toBe(true);
    expect(runsInPlayground("await import('@tensorflow/tfjs'); import.meta.url;")).toBe(true);
    expect(runsInPlayground("import 'node:fs';")).toBe(false);
    expect(runsInPlayground("import { train } from './train.js';")).toBe(false);
  });
});

describe('the links of the built site', () => {
  /** The samples of a page that are whole programs, and the hashes of the links below them. */
  const partsOf = (page: string) => {
    const markdown = readFileSync(path.join(docs, `${page}.md`), 'utf8');
    const programs = [...markdown.matchAll(/^```(?:js|ts) run\n([\s\S]*?)^```$/gm)];
    const html = readFileSync(path.join(docs, '.vitepress/dist', `${page}.html`), 'utf8');
    const links = parseHTML(html).document.querySelectorAll('.run-link a');
    const hashes = [...links].map((link) => new URL(link.getAttribute('href')!, 'http://s').hash);
    return { programs: programs.map(([, code]) => code!), hashes };
  };

  it('open the sample above them', async () => {
    const { programs, hashes } = partsOf('start');
    expect(hashes).toHaveLength(2);
    expect(await Promise.all(hashes.map(programIn))).toEqual(programs);
  });

  it('are below every sample of a guide that runs in a browser', async () => {
    const guides = readdirSync(path.join(docs, 'guide')).map((name) => path.parse(name).name);
    let count = 0;
    for (const guide of guides) {
      const { programs, hashes } = partsOf(`guide/${guide}`);
      const running = programs.filter(runsInPlayground);
      expect(hashes, guide).toHaveLength(running.length);
      count += running.length;
    }
    expect(count).toBeGreaterThan(12);
  });
});
