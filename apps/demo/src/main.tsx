import { render } from 'preact';
import { App, SECTION_IDS } from './app.js';
import { readLink, writeLink } from './state/link-state.js';
import { isAllowedInPool, poolState } from './state/pool-state.js';
import { landAt } from './ui/landing.js';
import './style.css';
import './reserved-heights.css';

const readSettings = () => readLink(poolState, isAllowedInPool);
readSettings();
writeLink(poolState);

const app = document.getElementById('app')!;
app.replaceChildren();
render(<App />, app);

// A link such as #shift names a panel.
const named = () => {
  const id = location.hash.slice(1);
  if (SECTION_IDS.includes(id)) landAt(id, true);
};
named();
addEventListener('hashchange', () => {
  readSettings();
  named();
});

if (import.meta.env.PROD && 'serviceWorker' in navigator) {
  // A service worker keeps the page for offline use. Without one the page works too.
  navigator.serviceWorker.register('./sw.js').catch(() => {});
}
