import { fileURLToPath } from 'node:url';
import { Converter } from 'typedoc';
import { TOPICS } from '../../reference-topics.mjs';
import { entryPoints } from './entry-points.mjs';
import { forgetInheritance, groupExports } from './group-exports.mjs';
import { TopicRouter } from './topic-router.mjs';
import { topicTheme } from './topic-theme.mjs';

const packages = fileURLToPath(new URL('../../../packages', import.meta.url));

/** A plugin of typedoc: one page for each topic, and an index for each package. */
export function load(app) {
  const found = {};
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, ({ project }) => {
    const entries = entryPoints(packages, Object.keys(TOPICS));
    Object.assign(found, groupExports(project, packages, entries, TOPICS));
  });
  // After typedoc has noted what is inherited.
  app.converter.on(Converter.EVENT_RESOLVE_END, ({ project }) => forgetInheritance(project), -1e4);
  app.renderer.defineRouter('topics', TopicRouter);
  app.renderer.defineTheme('topics', topicTheme(found));
}
