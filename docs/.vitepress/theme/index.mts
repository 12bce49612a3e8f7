import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import LiveFigure from './live-figure.vue';
import StoredFigure from './stored-figure.vue';
import './style.css';

/** VitePress's default theme, with figures. */
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('LiveFigure', LiveFigure);
    app.component('StoredFigure', StoredFigure);
  },
} satisfies Theme;
