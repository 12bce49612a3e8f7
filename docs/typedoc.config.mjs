import { OptionDefaults } from 'typedoc';

/**
 * The reference has every export of every package. An export without a docstring fails the build.
 */
export default {
  // A tag of the Closure compiler, which tfjs requires on class names.
  modifierTags: [...OptionDefaults.modifierTags, '@nocollapse'],
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: [
    '../packages/checks/src/index.ts',
    '../packages/fft/src/index.ts',
    '../packages/fft/src/plan.ts',
    '../packages/graph/src/index.ts',
    '../packages/kernels/src/index.ts',
    '../packages/masks/src/index.ts',
    '../packages/masks/src/ops.ts',
    '../packages/layers/src/index.ts',
    '../packages/layers/src/ops.ts',
    '../packages/layers/src/testing.ts',
    '../packages/regularizer/src/index.ts',
    '../packages/models/src/index.ts',
    '../packages/backend/src/index.ts',
    '../packages/backend/src/changes.ts',
    '../packages/data/src/index.ts',
    '../packages/data/src/in-memory.ts',
    '../packages/data/src/audio/index.ts',
    '../packages/data/src/audio/mel-spectrogram-layer.ts',
    '../packages/train/src/index.ts',
    '../packages/train/src/checkpoints/index.ts',
    '../packages/train/src/replicas/index.ts',
  ],
  tsconfig: 'tsconfig.typedoc.json',
  out: 'reference',
  readme: 'none',
  name: 'Reference',
  skipErrorChecking: true,
  excludePrivate: true,
  excludeExternals: true,
  excludeInternal: true,
  disableSources: true,
  hidePageHeader: true,
  hideBreadcrumbs: true,
  outputFileStrategy: 'modules',
  requiredToBeDocumented: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable', 'Enum'],
  validation: {
    notDocumented: true,
    notExported: false,
    invalidLink: true,
    rewrittenLink: false,
  },
  treatValidationWarningsAsErrors: true,
};
