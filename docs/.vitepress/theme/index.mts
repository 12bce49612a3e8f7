import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent, defineComponent, h } from 'vue';
import HomeFigure from './home-figure.vue';
import LiveFigure from './live-figure.vue';
import { useMainLandmark } from './main-landmark.js';
import RunLink from './playground/run-link.vue';
import { searchOptions } from './search-order.js';
import StoredFigure from './stored-figure.vue';
import './style.css';

/**
 * VitePress's default theme, with figures, with the playground, and with guides before the
 * reference in its search.
 */
export default {
  extends: DefaultTheme,
  Layout: defineComponent({
    setup() {
      useMainLandmark();
      return () => h(DefaultTheme.Layout, null, { 'home-hero-image': () => h(HomeFigure) });
    },
  }),
  enhanceApp({ app, siteData }) {
    // The configuration of the site is JSON, and so cannot hold functions.
    const { themeConfig } = siteData.value;
    siteData.value = {
      ...siteData.value,
      themeConfig: {
        ...themeConfig,
        search: { provider: 'local', options: { miniSearch: { searchOptions } } },
      },
    };
    app.component('LiveFigure', LiveFigure);
    app.component(
      'Playground',
      defineAsyncComponent(() => import('./playground/sample-playground.vue')),
    );
    app.component('RunLink', RunLink);
    app.component('StoredFigure', StoredFigure);
  },
} satisfies Theme;
