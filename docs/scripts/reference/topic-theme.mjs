import { MarkdownTheme } from 'typedoc-plugin-markdown';
import { TopicContext } from './topic-context.mjs';

/** The parts of an export. They are labels, since readers search for exports and members. */
const LABEL =
  /^#{3,} (Parameters|Type Parameters|Returns|Throws|Examples?|Union Members|Indexable)$/gm;

/** Parts that need no label, since a class has one constructor, and members have headings. */
const UNLABELLED =
  /^#{3,} (Constructors?|Methods|Accessors|Properties|Type Declaration|Type Literal|Call Signature|[GS]et Signature)\n/gm;

/** A label whose table has been left out. */
const EMPTY = /^\*\*Parameters\*\*\n+(?!\|)/gm;

/**
 * The theme of the reference. `found` has the names under which each export is imported, and the
 * pooling layers.
 */
export function topicTheme(found) {
  return class extends MarkdownTheme {
    render(page) {
      return super
        .render(page)
        .replaceAll(UNLABELLED, '')
        .replaceAll(LABEL, '**$1**')
        .replaceAll(EMPTY, '')
        .replaceAll(/^#{3,} /gm, '### ');
    }

    getRenderContext(page) {
      return new TopicContext(found, this, page, this.application.options);
    }
  };
}
