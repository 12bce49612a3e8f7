import { render } from 'preact';
import { App } from './app.js';
import { readLink, writeLink } from './state/link-state.js';
import { isAllowedInPool, poolState } from './state/pool-state.js';
import './style.css';

readLink(poolState, isAllowedInPool);
writeLink(poolState);

const app = document.getElementById('app')!;
app.replaceChildren();
render(<App />, app);

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // A service worker keeps the page for offline use. Without one the page works too.
  navigator.serviceWorker.register('./sw.js').catch(() => {});
}
