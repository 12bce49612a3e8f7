import { SiteLink } from '../ui/site-link.js';

/** The address of the repository, if the build knows it. */
const REPOSITORY = import.meta.env.VITE_REPOSITORY as string | undefined;

const EXAMPLE = `import * as tf from '@tensorflow/tfjs';
import { DiffStride } from '@ds/layers';

const model = tf.sequential({
  layers: [
    tf.layers.conv2d({
      filters: 8,
      kernelSize: 3,
      inputShape: [32, 32, 3],
    }),
    // Instead of a stride of the convolution:
    new DiffStride({ strides: [2, 2] }),
    tf.layers.activation({ activation: 'relu' }),
    tf.layers.globalAveragePooling2d({}),
    tf.layers.dense({ units: 10, activation: 'softmax' }),
  ],
});`;

/** The next steps: the package, the documentation, the code. */
export function UsePanel() {
  return (
    <div class="pair">
      <div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls on phones, also by keyboard */}
        <section class="code" tabIndex={0} aria-label="Installation, and a network with DiffStride">
          <pre>
            <code>npm install @ds/layers @tensorflow/tfjs</code>
          </pre>
          <pre>
            <code>{EXAMPLE}</code>
          </pre>
        </section>
        <p class="hint">
          The packages are not on npm yet. <SiteLink page="guide/setup">Set up</SiteLink> says how
          to use them until then.
        </p>
      </div>
      <ul class="links">
        <li>
          <SiteLink page="start">Start</SiteLink>: install, a program that runs, and how to make it
          fast.
        </li>
        <li>
          <SiteLink page="guide/swap-strides">Swap the strides of a model you have</SiteLink>
        </li>
        <li>
          <SiteLink page="theory/aliasing">Why strides alias</SiteLink>, and{' '}
          <SiteLink page="theory/diffstride">how DiffStride learns them</SiteLink>
        </li>
        <li>
          <SiteLink page="theory/learned-architecture">
            The same masks for kernels, widths and depths
          </SiteLink>
        </li>
        <li>
          {REPOSITORY ? <a href={REPOSITORY}>The code</a> : 'The code'} of this page is in{' '}
          <code>apps/demo</code>, that of the layers in <code>packages/layers</code>.{' '}
          <SiteLink page="contribute/architecture">How it is built</SiteLink>
        </li>
        <li>
          The paper: Riad, Teboul, Grangier &amp; Zeghidour, “Learning strides in convolutional
          neural networks”, ICLR 2022.
        </li>
      </ul>
    </div>
  );
}
