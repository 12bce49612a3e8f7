import { ReflectionKind } from 'typedoc';
import { ModuleRouter } from 'typedoc-plugin-markdown';
import { TOPICS } from '../../reference-topics.mjs';

/** Gives `@ds/layers` the page `layers/index.md`, and a topic of it `layers/<topic>.md`. */
export class TopicRouter extends ModuleRouter {
  getIdealBaseName(reflection) {
    if (reflection.kindOf(ReflectionKind.Module)) return `${folderOf(reflection)}/index`;
    if (reflection.kindOf(ReflectionKind.Namespace)) {
      const folder = folderOf(reflection.parent);
      const { slug } = TOPICS[folder].find(({ title }) => title === reflection.name);
      return `${folder}/${slug}`;
    }
    return this.getIdealBaseName(reflection.parent);
  }
}

function folderOf({ name }) {
  return name.split('/')[1];
}
