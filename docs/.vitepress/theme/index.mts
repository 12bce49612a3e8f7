import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import { defineAsyncComponent } from 'vue';
import LiveFigure from './live-figure.vue';
import RunLink from './playground/run-link.vue';
import StoredFigure from './stored-figure.vue';
import './style.css';

/** VitePress's default theme, with figures and the playground. */
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('LiveFigure', LiveFigure);
    app.component(
      'Playground',
      defineAsyncComponent(() => import('./playground/playground.vue')),
    );
    app.component('RunLink', RunLink);
    app.component('StoredFigure', StoredFigure);
  },
} satisfies Theme;
