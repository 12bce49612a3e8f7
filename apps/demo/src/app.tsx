import { PoolPanel } from './panels/pool-panel.js';
import { LazyPanel } from './ui/lazy-panel.js';

const SECTIONS = [
  ['pool', 'Pool a picture'],
  ['learn', 'Watch strides learn'],
  ['shift', 'Shift it'],
  ['hear', 'Let it hear you'],
  ['see', 'Let it see'],
  ['spans', 'Where it came from'],
  ['device', 'Where it runs'],
] as const;

/** The page. */
export function App() {
  return (
    <>
      <a class="skip" href="#pool">
        Skip to the picture
      </a>
      <header>
        <p class="eyebrow">Learned downsampling in TypeScript</p>
        <h1>Strides that learn</h1>
        <p class="lead">
          A network that shrinks its maps by a fixed stride throws away what it cannot know it will
          need. DiffStride (Riad et al., ICLR 2022) crops in the frequency domain with a soft mask,
          so that the stride becomes a number with a gradient, and trains with the weights.
          Everything on this page is computed in your browser.
        </p>
        <nav aria-label="Panels">
          {SECTIONS.map(([id, title]) => (
            <a key={id} href={`#${id}`} onClick={scrollTo}>
              {title}
            </a>
          ))}
        </nav>
      </header>
      <main>
        <section id="pool" tabIndex={-1} aria-labelledby="pool-title">
          <h2 id="pool-title">Pool a picture</h2>
          <p class="intro">
            Move the strides. The mask removes the frequencies outside it. The crop keeps exactly
            the output size. A stride can be 2.37, and can differ between the two directions.
          </p>
          <PoolPanel />
        </section>
        <section id="learn" tabIndex={-1} aria-labelledby="learn-title">
          <h2 id="learn-title">Watch strides learn</h2>
          <p class="intro">
            Two small networks learn handwritten digits. Both start from the same strides and
            weights, and see the same digits in the same order. Only their downsampling differs.
          </p>
          <LazyPanel load={async () => (await import('./panels/learn-panel.js')).LearnPanel} />
        </section>
        <section id="shift" tabIndex={-1} aria-labelledby="shift-title">
          <h2 id="shift-title">Shift it</h2>
          <p class="intro">
            A digit moved by one pixel is the same digit. Networks that keep every second pixel
            often change their prediction.
          </p>
          <LazyPanel load={async () => (await import('./panels/shift-panel.js')).ShiftPanel} />
        </section>
        <section id="hear" tabIndex={-1} aria-labelledby="hear-title">
          <h2 id="hear-title">Let it hear you</h2>
          <p class="intro">
            A spoken digit is a picture too, of time and frequency. DiffStride learns a stride for
            each. A trained network listens to your microphone for one second.
          </p>
          <LazyPanel load={async () => (await import('./panels/hear-panel.js')).HearPanel} />
        </section>
        <section id="see" tabIndex={-1} aria-labelledby="see-title">
          <h2 id="see-title">Let it see</h2>
          <p class="intro">
            Networks that were trained on CIFAR-10 classify your picture: airplane, automobile,
            bird, cat, deer, dog, frog, horse, ship or truck. Then the picture moves by one pixel.
          </p>
          <LazyPanel load={async () => (await import('./panels/see-panel.js')).SeePanel} />
        </section>
        <section id="spans" tabIndex={-1} aria-labelledby="spans-title">
          <h2 id="spans-title">Where it came from: spans</h2>
          <p class="intro">
            The soft mask was first used to let attention heads learn how far to look back
            (Sukhbaatar et al., 2019). DiffStride clips frequencies with it instead of positions.
          </p>
          <LazyPanel load={async () => (await import('./panels/spans-panel.js')).SpansPanel} />
        </section>
        <section id="device" tabIndex={-1} aria-labelledby="device-title">
          <h2 id="device-title">Where it runs</h2>
          <LazyPanel load={async () => (await import('./panels/device-panel.js')).DevicePanel} />
        </section>
      </main>
      <footer>
        <p>
          The pictures are this project’s own. The digits are 1,500 of MNIST (LeCun, Cortes &amp;
          Burges; CC BY-SA 3.0). The spoken seven is from the Free Spoken Digit Dataset (Jackson et
          al.; CC BY-SA 4.0). Nothing leaves your browser. Apache-2.0.
        </p>
      </footer>
    </>
  );
}

/** Scrolls to a panel without a change of the page's link. */
function scrollTo(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  event.preventDefault();
  const section = document.getElementById(event.currentTarget.hash.slice(1));
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  section?.scrollIntoView({ behavior: isCalm ? 'auto' : 'smooth' });
  section?.focus({ preventScroll: true });
}
