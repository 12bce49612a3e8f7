import { defineConfig } from 'vitepress';
import { addRunLinks } from './theme/playground/run-links.js';

const PACKAGES = [
  'checks',
  'fft',
  'graph',
  'kernels',
  'masks',
  'layers',
  'regularizer',
  'models',
  'export',
  'backend',
  'data',
  'train',
  'weights',
];

/** Entry points besides a package's main one. */
const SUBPATHS: Record<string, string[]> = {
  backend: ['changes', 'diagnostics'],
  data: ['in-memory', 'audio', 'audio/mel-spectrogram-layer'],
  fft: ['plan', 'simd'],
  layers: ['ops', 'prepared', 'testing'],
  masks: ['ops'],
  models: ['safetensors'],
  train: ['checkpoints', 'replicas'],
};

const reference = PACKAGES.map((name) => ({
  text: `@ds/${name}`,
  link: `/reference/${name}/src`,
  items: (SUBPATHS[name] ?? []).map((sub) => ({
    text: `@ds/${name}/${sub}`,
    link: `/reference/${name}/src/${sub}`,
  })),
}));

/** The base path of the site on its server. */
const base = process.env.DOCS_BASE ?? '/';

/** The address of the repository, if known. Pages then have edit links. */
const repository = process.env.DOCS_REPOSITORY;

export default defineConfig({
  title: 'Strides that learn',
  description:
    'Learned downsampling in TypeScript: DiffStride and its baselines, on TensorFlow.js.',
  base,
  head: [['link', { rel: 'icon', href: `${base}demo/icon.svg`, type: 'image/svg+xml' }]],
  lastUpdated: false,
  markdown: { math: true, config: addRunLinks },
  // The demo is a separate page that is copied after the build.
  ignoreDeadLinks: [/^\/demo\//],
  rewrites: { 'reference/README.md': 'reference/index.md' },
  themeConfig: {
    search: { provider: 'local' },
    ...(repository && {
      editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
      socialLinks: [{ icon: 'github', link: repository }],
    }),
    outline: [2, 3],
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Theory', link: '/theory/aliasing' },
      { text: 'Experiments', link: '/experiments' },
      { text: 'Results', link: '/results' },
      { text: 'Reference', link: '/reference/' },
      {
        text: 'Try',
        items: [
          { text: 'Playground', link: '/playground' },
          { text: 'Demo', link: '/demo/index.html', target: '_self' },
        ],
      },
    ],
    sidebar: {
      '/reference/': [{ text: 'Reference', items: reference }],
      '/': [
        {
          text: 'Guide',
          items: [
            { text: 'Start', link: '/start' },
            { text: 'Set up', link: '/guide/setup' },
            { text: 'Swap strides', link: '/guide/swap-strides' },
            { text: 'Your own pictures', link: '/guide/own-pictures' },
            { text: 'Your own sounds', link: '/guide/own-sounds' },
            { text: 'Segmentation', link: '/guide/segmentation' },
            { text: 'Pool tokens', link: '/guide/token-pooling' },
            { text: 'Sound, video and volumes', link: '/guide/any-rank' },
            { text: 'Freeze and ship', link: '/guide/freezing' },
            { text: 'From your model to the browser', link: '/guide/model-to-browser' },
            { text: 'Bundlers', link: '/guide/bundlers' },
            { text: 'Many machines', link: '/guide/many-machines' },
            { text: 'Experiments', link: '/experiments' },
          ],
        },
        {
          text: 'Packages',
          items: PACKAGES.map((name) => ({ text: `@ds/${name}`, link: `/packages/${name}` })),
        },
        {
          text: 'Poolings',
          items: [
            { text: 'All poolings', link: '/poolings/' },
            { text: 'FlcPool', link: '/poolings/flc' },
          ],
        },
        {
          text: 'Theory',
          items: [
            { text: 'Strides and aliasing', link: '/theory/aliasing' },
            { text: 'Shifts and equivariance', link: '/theory/shift-equivariance' },
            { text: 'The DFT', link: '/theory/dft' },
            { text: 'Spectral pooling', link: '/theory/spectral-pooling' },
            { text: 'Ramp masks', link: '/theory/ramp-masks' },
            { text: 'DiffStride', link: '/theory/diffstride' },
            { text: 'The cosine domain', link: '/theory/dct-diffstride' },
            { text: 'Two small matrices', link: '/theory/two-matrices' },
            { text: 'The regularizer', link: '/theory/regularizer' },
            { text: 'Learned architecture', link: '/theory/learned-architecture' },
            { text: 'Limits', link: '/theory/limits' },
            { text: 'Published code and options', link: '/theory/quirks' },
          ],
        },
        {
          text: 'Results',
          items: [
            { text: 'What was measured', link: '/results' },
            { text: 'Speed', link: '/speed' },
            { text: 'Backends', link: '/backends' },
          ],
        },
        {
          text: 'Contribute',
          items: [
            { text: 'Architecture', link: '/contribute/architecture' },
            { text: 'How code is written', link: '/contribute/habits' },
            { text: 'Why it is built this way', link: '/contribute/why' },
            { text: 'Add a pooling', link: '/contribute/new-pooling' },
            { text: 'Open work', link: '/contribute/open-work' },
            { text: 'Releases', link: '/contribute/releasing' },
          ],
        },
      ],
    },
  },
});
