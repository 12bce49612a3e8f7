import type { ComponentChildren, ComponentType } from 'preact';
import { LeadFigure } from './panels/lead-figure.js';
import { PoolPanel } from './panels/pool-panel.js';
import { UsePanel } from './panels/use-panel.js';
import { landAt } from './ui/landing.js';
import { LazyPanel } from './ui/lazy-panel.js';
import { isInSite, SiteLink } from './ui/site-link.js';

/** The panels: their ids, their names in the navigation, their headings and introductions. */
const SECTIONS: {
  id: string;
  name: string;
  title?: string;
  intro?: ComponentChildren;
  /** A panel that is there from the start, or one that loads when it comes near. */
  panel?: ComponentType;
  load?: () => Promise<ComponentType>;
}[] = [
  {
    id: 'pool',
    name: 'Pool a picture',
    intro:
      'Move the strides. A stride of 2 keeps every second value, and one of 2.37 does what lies ' +
      'between. Down and across, they can differ. The mask removes the frequencies outside it, ' +
      'which are details too fine for the smaller picture.',
    panel: PoolPanel,
  },
  {
    id: 'between',
    name: 'Between whole strides',
    intro:
      'The picture that you chose above, at any stride and at the whole strides around it. Between ' +
      '2 and 3, strided convolutions and most poolings have nothing: from a quarter of the numbers, ' +
      'the next step is a ninth.',
    load: async () => (await import('./panels/between-panel.js')).BetweenPanel,
  },
  {
    id: 'learn',
    name: 'Watch strides learn',
    intro:
      'Two small networks learn handwritten digits. Both start from the same weights and see the ' +
      'same digits in the same order. They differ in how they shrink their maps, and so in their ' +
      'work: a strided convolution computes only what it keeps, so with equal strides it is ' +
      'several times cheaper. Equal work compares them fairly.',
    load: async () => (await import('./panels/learn-panel.js')).LearnPanel,
  },
  {
    id: 'work',
    name: 'Accuracy against work',
    intro:
      'λ is the price of work: the higher it is, the larger the strides that DiffStride learns. A ' +
      'strided convolution gets cheaper by larger whole strides only. Compare points at equal ' +
      'work. The networks train briefly, so a point says how fast a network learns, more than how ' +
      'good it can become.',
    load: async () => (await import('./panels/work-panel.js')).WorkPanel,
  },
  {
    id: 'shift',
    name: 'Shift it',
    intro:
      'A digit moved by one pixel is the same digit. Networks that keep every second pixel often ' +
      'change their prediction.',
    load: async () => (await import('./panels/shift-panel.js')).ShiftPanel,
  },
  {
    id: 'hear',
    name: 'Let it hear you',
    intro:
      'A spoken digit is a picture too, of time and frequency. DiffStride learns a stride for ' +
      'each. Trained networks listen to your microphone for one second. Then the sound comes a few ' +
      'milliseconds earlier or later.',
    load: async () => (await import('./panels/hear-panel.js')).HearPanel,
  },
  {
    id: 'see',
    name: 'Let it see',
    intro:
      'DiffStride and a strided convolution classify what you photograph or draw: airplane, ' +
      'automobile, bird, cat, deer, dog, frog, horse, ship or truck. Then the picture moves by one ' +
      'pixel. The networks were trained on CIFAR-10.',
    load: async () => (await import('./panels/see-panel.js')).SeePanel,
  },
  {
    id: 'spans',
    name: 'Where it came from',
    title: 'Where it came from: spans',
    intro:
      'The soft mask was first used to let attention heads learn how far to look back ' +
      '(Sukhbaatar et al., 2019). DiffStride clips frequencies with it instead of positions.',
    load: async () => (await import('./panels/spans-panel.js')).SpansPanel,
  },
  {
    id: 'sizes',
    name: 'Where it leads',
    title: 'Where it leads: kernels, widths, depths',
    intro:
      'DNArch (Romero & Zeghidour, 2023) learns the other sizes of a network with the same idea: a ' +
      'soft mask over taps, channels and blocks. What the mask removes is not computed.',
    load: async () => (await import('./panels/sizes-panel.js')).SizesPanel,
  },
  {
    id: 'device',
    name: 'Where it runs',
    load: async () => (await import('./panels/device-panel.js')).DevicePanel,
  },
  {
    id: 'use',
    name: 'Use it',
    intro: 'One package is enough to begin. A layer replaces the stride of a convolution.',
    panel: UsePanel,
  },
];

/** The ids of the parts of the page that a link can name. */
export const SECTION_IDS = SECTIONS.map(({ id }) => id);

/** The page. */
export function App() {
  return (
    <>
      <a class="skip" href={`#${SECTION_IDS[0]}`} onClick={go}>
        Skip to the picture
      </a>
      <header>
        <p class="eyebrow">Learned downsampling in TypeScript</p>
        <h1>Strides that learn</h1>
        <p class="lead">
          Networks shrink their pictures again and again, to save work. The usual way invents
          patterns that were never there. DiffStride does not, and it learns how much to shrink.
        </p>
        <LeadFigure />
        <ol class="tour">
          <li>
            A network usually shrinks by a <em>stride</em>: with a stride of 3, it keeps every third
            pixel. Detail that is too fine for the pixels that remain turns into false patterns.
          </li>
          <li>
            DiffStride (Riad et al., ICLR 2022) first removes what is too fine, and only then
            shrinks.
          </li>
          <li>
            It fades the detail out instead of cutting it off. So the stride becomes an ordinary
            number, such as 2.37, and the network trains it together with its weights.
          </li>
        </ol>
        <nav aria-label="Panels">
          {SECTIONS.map(({ id, name }) => (
            <a key={id} href={`#${id}`} onClick={go}>
              {name}
            </a>
          ))}
          {isInSite && <SiteLink page="start">Documentation</SiteLink>}
        </nav>
      </header>
      <main>
        {SECTIONS.map(({ id, name, title = name, intro, panel: Panel, load }) => (
          <section key={id} id={id} tabIndex={-1} aria-labelledby={`${id}-title`}>
            <h2 id={`${id}-title`}>{title}</h2>
            {intro && <p class="intro">{intro}</p>}
            <div class="panel">
              {Panel && <Panel />}
              {load && <LazyPanel load={load} />}
            </div>
          </section>
        ))}
      </main>
      <footer>
        <p>
          Everything here is computed in your browser, and nothing leaves it. The pictures are this
          project’s own. The digits are 1,500 of MNIST (LeCun, Cortes &amp; Burges; CC BY-SA 3.0).
          The six spoken digits are from the Free Spoken Digit Dataset (Jackson et al.; CC BY-SA
          4.0). Apache-2.0.
        </p>
      </footer>
    </>
  );
}

/** Goes to a panel without a change of the page's link. */
function go(event: MouseEvent & { currentTarget: HTMLAnchorElement }): void {
  event.preventDefault();
  const isCalm = matchMedia('(prefers-reduced-motion: reduce)').matches;
  landAt(event.currentTarget.hash.slice(1), isCalm);
}
