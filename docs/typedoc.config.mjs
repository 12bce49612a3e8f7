import { OptionDefaults } from 'typedoc';

/** The reference: every export of every package; one without a docstring fails the build. */
export default {
  // Closure's, which tfjs asks for on class names.
  modifierTags: [...OptionDefaults.modifierTags, '@nocollapse'],
  plugin: ['typedoc-plugin-markdown'],
  entryPoints: [
    '../packages/fft/src/index.ts',
    '../packages/fft/src/plan.ts',
    '../packages/masks/src/index.ts',
    '../packages/layers/src/index.ts',
    '../packages/layers/src/ops.ts',
    '../packages/layers/src/testing.ts',
    '../packages/regularizer/src/index.ts',
    '../packages/models/src/index.ts',
    '../packages/backend/src/index.ts',
    '../packages/data/src/index.ts',
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
