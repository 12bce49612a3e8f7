import { fileURLToPath } from 'node:url';
import { OptionDefaults } from 'typedoc';
import { TOPICS } from './reference-topics.mjs';
import { entryPoints } from './scripts/reference/entry-points.mjs';

const packages = fileURLToPath(new URL('../packages', import.meta.url));

/**
 * The reference has every export of every package. An export without a docstring fails the build.
 */
export default {
  // A tag of the Closure compiler, which tfjs requires on class names.
  modifierTags: [...OptionDefaults.modifierTags, '@nocollapse'],
  plugin: ['typedoc-plugin-markdown', './scripts/reference/plugin.mjs'],
  entryPoints: Object.values(entryPoints(packages, Object.keys(TOPICS))),
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
  router: 'topics',
  theme: 'topics',
  entryFileName: 'index',
  excludeProtected: true,
  parametersFormat: 'table',
  interfacePropertiesFormat: 'table',
  classPropertiesFormat: 'table',
  typeAliasPropertiesFormat: 'table',
  typeDeclarationFormat: 'table',
  tableColumnSettings: { hideModifiers: true, hideInherited: true, hideOverrides: true },
  // `DiffStride` and `diffStride` are on one page.
  useCustomAnchors: true,
  customAnchorsFormat: 'curlyBrace',
  preserveAnchorCasing: true,
  sluggerConfiguration: { lowercase: false },
  expandParameters: true,
  requiredToBeDocumented: ['Function', 'Class', 'Interface', 'TypeAlias', 'Variable', 'Enum'],
  validation: {
    notDocumented: true,
    notExported: false,
    invalidLink: true,
    rewrittenLink: false,
  },
  treatValidationWarningsAsErrors: true,
};
