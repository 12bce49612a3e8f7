import type { Theme } from 'vitepress';
import DefaultTheme from 'vitepress/theme';
import LiveFigure from './live-figure.vue';
import './style.css';

/** VitePress's default theme, with live figures. */
export default {
  extends: DefaultTheme,
  enhanceApp({ app }) {
    app.component('LiveFigure', LiveFigure);
  },
} satisfies Theme;
