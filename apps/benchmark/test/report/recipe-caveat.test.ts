import { describe, expect, it } from 'vitest';
import { makeConfig } from '../../src/config/make-config.js';
import { caveatOf } from '../../src/report/recipe-caveat.js';

const sounds = { layout: 'folder', sampleRate: 8000, seconds: 1, bands: 16 } as const;

describe('caveatOf', () => {
  const own = [makeConfig({ dataset: 'imagefolder' }), makeConfig({ dataset: 'sounds', sounds })];

  it('says how long the full experiment takes only where the size of the data is known', () => {
    const caveat = caveatOf({ preset: 'quick' }, [makeConfig({ dataset: 'cifar100' })]);
    expect(caveat).toContain("not the paper's protocol");
    expect(caveat).toContain('weeks on a CPU');
    for (const config of own) {
      const ownCaveat = caveatOf({ preset: 'quick' }, [config]);
      expect(ownCaveat).toMatch(/^This was a quick run\. Longer training: --preset medium \(\w+/);
      expect(ownCaveat).not.toMatch(/weeks|days|machines|paper/);
    }
  });

  it('names the next preset for own data, and no paper after a full run', () => {
    for (const config of own) {
      expect(caveatOf({ preset: 'smoke' }, [config])).toContain('--preset quick (a small network');
      expect(caveatOf({ preset: 'full' }, [config])).toMatch(/follow no published recipe/);
    }
  });

  it('does not call a run of preset full a quick one', () => {
    const caveat = caveatOf({ preset: 'full' }, [makeConfig({ preset: 'full', epochs: 2 })]);
    expect(caveat).toContain("do not follow the paper's protocol");
    expect(caveat).not.toMatch(/quick|weeks|preset/);
  });
});
