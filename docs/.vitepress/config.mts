import { defineConfig, type HeadConfig } from 'vitepress';
import { PACKAGES, TOPICS } from '../reference-topics.mjs';
import { pageDescription } from '../scripts/page-description.mjs';
import { keepOneTitle } from './one-title.js';
import { addRunLinks } from './theme/playground/run-links.js';

/** Every package, and the topics of the one that is open. */
const reference = Object.fromEntries(
  ['', ...PACKAGES].map((open) => [
    open ? `/reference/${open}/` : '/reference/',
    [{ text: 'Reference', items: PACKAGES.map((name) => packageItem(name, name === open)) }],
  ]),
);

function packageItem(name: string, isOpen: boolean) {
  const topics = TOPICS[name]!.map(({ title, slug }) => ({
    text: title,
    link: `/reference/${name}/${slug}`,
  }));
  return { text: `@ds/${name}`, link: `/reference/${name}/`, ...(isOpen && { items: topics }) };
}

/** The base path of the site on its server. */
const base = process.env.DOCS_BASE ?? '/';

/**
 * The origin of the site, if known, such as `https://example.org`. Previews and the map need it.
 */
const origin = process.env.DOCS_ORIGIN;

/** The address of the repository, if known. Pages then have edit links. */
const repository = process.env.DOCS_REPOSITORY;

export default defineConfig({
  title: 'Strides that learn',
  description:
    'Learned downsampling in TypeScript: DiffStride and its baselines, on TensorFlow.js.',
  base,
  head: [
    ['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }],
    ['link', { rel: 'apple-touch-icon', href: `${base}touch-icon.png` }],
  ],
  ...(origin && { sitemap: { hostname: `${origin}${base}` } }),
  transformPageData: (page, { siteConfig }) =>
    page.description ? {} : { description: pageDescription(siteConfig.srcDir, page.filePath) },
  transformHead: ({ pageData, title, description }) =>
    preview(pageData.relativePath, title, description),
  lastUpdated: false,
  cleanUrls: true,
  // One file for what all pages share, the sidebars above all.
  metaChunk: true,
  markdown: {
    math: true,
    config: (markdown) => {
      keepOneTitle(markdown);
      addRunLinks(markdown);
    },
    // In the default themes, comments and keywords are too pale to read (WCAG AA).
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-default' },
  },
  vite: {
    plugins: [
      {
        // Nobody downloads the bundle that renders the pages, so it may stay large.
        name: 'no-tree-shaking-for-rendering',
        config: (_, { isSsrBuild }) =>
          isSsrBuild ? { build: { rollupOptions: { treeshake: false } } } : {},
      },
    ],
  },
  // The demo is a separate page that is copied after the build.
  ignoreDeadLinks: [/^\/demo\//],
  themeConfig: {
    search: {
      provider: 'local',
      options: {
        // Colours of code and formulas are not searched. `md` also renders the pages, so it is
        // restored.
        _render: (text, env, md) => {
          const { highlight } = md.options;
          const rules = { ...md.renderer.rules };
          md.set({ highlight: null });
          md.renderer.rules.math_inline = md.renderer.rules.math_block = () => '';
          try {
            return md.render(text, env);
          } finally {
            md.set({ highlight });
            Object.assign(md.renderer.rules, rules);
          }
        },
      },
    },
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
      ...reference,
      '/': [
        {
          text: 'Guide',
          items: [
            { text: 'Start', link: '/start' },
            { text: 'Set up', link: '/guide/setup' },
            { text: 'Which pooling should I use?', link: '/guide/which-pooling' },
            { text: 'Swap strides', link: '/guide/swap-strides' },
            { text: 'Your own pictures', link: '/guide/own-pictures' },
            { text: 'Your own sounds', link: '/guide/own-sounds' },
            { text: 'Segmentation', link: '/guide/segmentation' },
            { text: 'Pool tokens', link: '/guide/token-pooling' },
            { text: 'Sound, video and volumes', link: '/guide/any-rank' },
            { text: 'Freeze and ship', link: '/guide/freezing' },
            { text: 'A sound network elsewhere', link: '/guide/sounds-elsewhere' },
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
            { text: 'What we could reproduce', link: '/reproduced' },
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

/** What other sites show of a link to a page. */
function preview(file: string, title: string, description: string): HeadConfig[] {
  const page = file.replace(/(^|(?<=\/))index\.md$|\.md$/, '');
  const image = `${origin ?? ''}${base}preview.png`;
  const property = (name: string, content: string): HeadConfig => [
    'meta',
    { property: `og:${name}`, content },
  ];
  return [
    ...(origin
      ? [
          property('url', `${origin}${base}${page}`),
          ['link', { rel: 'canonical', href: `${origin}${base}${page}` }] satisfies HeadConfig,
        ]
      : []),
    property('type', 'website'),
    property('site_name', 'Strides that learn'),
    property('title', title),
    property('description', description),
    property('image', image),
    property('image:width', '1200'),
    property('image:height', '630'),
    property(
      'image:alt',
      'A picture, what DiffStride keeps of it, and its two strides during training',
    ),
    ['meta', { name: 'twitter:card', content: 'summary_large_image' }],
  ];
}
