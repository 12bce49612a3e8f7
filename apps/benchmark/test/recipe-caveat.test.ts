import { describe, expect, it } from 'vitest';
import { makeConfig } from '../src/make-config.js';
import { caveatOf } from '../src/recipe-caveat.js';

const sounds = { layout: 'folder', sampleRate: 8000, seconds: 1, bands: 16 } as const;

describe('caveatOf', () => {
  it('says how long the full experiment takes only where the size of the data is known', () => {
    const quick = { preset: 'quick' };
    expect(caveatOf(quick, [makeConfig({ dataset: 'cifar100' })])).toContain('weeks on a CPU');
    for (const config of [
      makeConfig({ dataset: 'imagefolder' }),
      makeConfig({ dataset: 'sounds', sounds }),
    ]) {
      const caveat = caveatOf(quick, [config]);
      expect(caveat).toMatch(/^This was a quick run, not the paper's protocol\. Longer training/);
      expect(caveat).not.toMatch(/weeks|days|machines/);
    }
  });

  it('does not call a run of preset full a quick one', () => {
    const caveat = caveatOf({ preset: 'full' }, [makeConfig({ preset: 'full', epochs: 2 })]);
    expect(caveat).toContain("do not follow the paper's protocol");
    expect(caveat).not.toMatch(/quick|weeks|preset/);
  });
});
