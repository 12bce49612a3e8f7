import { jsx } from 'hono/jsx';
import { describe, expect, it } from 'vitest';
import { page } from '../../src/report/page.js';
import { figure, part } from '../../src/report/part.js';

describe('a part of a report', () => {
  it('that fails is named with the reason, and the others are complete', () => {
    const html = page('Report', [
      figure('Good', () => jsx('svg', {}), 'a caption'),
      figure(
        'Bad',
        () => {
          throw new Error('no <layer> in front');
        },
        'its caption',
      ),
      part('The table', () => {
        throw 'a string';
      }),
      jsx('p', {}, 'the end'),
    ]);
    expect(html).toContain('<figcaption>a caption</figcaption>');
    expect(html).toContain('<h2>Bad</h2>');
    expect(html).toContain('no &lt;layer&gt; in front');
    expect(html).not.toContain('its caption');
    expect(html).toContain('<strong>The table</strong>: this part could not be made (a string).');
    expect(html).toContain('<p>the end</p>');
  });
});
