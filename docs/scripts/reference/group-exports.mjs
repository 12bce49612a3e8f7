import path from 'node:path';
import * as tfl from '@tensorflow/tfjs-layers';
import { DeclarationReflection, ReferenceReflection, ReflectionKind } from 'typedoc';

/** Members of every layer of tfjs. Its own documentation describes them. */
const LAYER_MEMBERS = new Set([
  'className',
  'fromConfig',
  ...membersOf(Object.getPrototypeOf(tfl.layers.dense({ units: 1 }))),
]);

/**
 * Puts the exports of each package on pages, one for each topic, and removes what a class inherits
 * from tfjs. A page is a namespace in the module of its package.
 *
 * Returns the names under which each export is imported, and the classes that are pooling layers.
 */
export function groupExports(project, packages, entries, topics) {
  const imports = new Map();
  const modules = new Map(project.children.map((module) => [sourceOf(module, project), module]));
  for (const [imported, source] of Object.entries(entries)) {
    const module = modules.get(source);
    for (const child of module.children ?? []) {
      const target = child instanceof ReferenceReflection ? child.getTargetReflectionDeep() : child;
      imports.set(target, [...(imports.get(target) ?? []), imported]);
    }
  }
  const poolingMembers = new Set(exportNamed(imports, 'PoolingLayer').children.map(nameOf));
  const poolings = new Set();

  const owners = new Map();
  for (const [imported, source] of Object.entries(entries)) {
    const module = modules.get(source);
    const [, name] = imported.split('/');
    if (imported === `@ds/${name}`) {
      module.name = imported;
      owners.set(name, { module, pages: new Map() });
    }
    for (const child of [...(module.children ?? [])]) {
      if (child instanceof ReferenceReflection) {
        project.removeReflection(child);
        continue;
      }
      const topic = topicOf(child, name);
      move(child, pageOf(owners.get(name), topic));
      if (!isLayer(child)) continue;
      if (isPoolingLayer(child)) poolings.add(child);
      prune(child, poolings.has(child) ? poolingMembers : new Set());
    }
  }
  for (const [imported, source] of Object.entries(entries)) {
    if (imported.split('/').length > 2) project.removeReflection(modules.get(source));
  }
  for (const [name, { module, pages }] of owners) {
    const unused = topics[name].filter((topic) => !pages.has(topic));
    if (unused.length > 0) {
      throw new Error(`reference-topics: no file of @ds/${name} is in '${unused[0].title}'`);
    }
    module.children = topics[name].map((topic) => pages.get(topic));
  }
  return { imports, poolings };

  function topicOf(child, name) {
    const file = project.getSymbolIdFromReflection(child).fileName;
    const [, inSource] = path.relative(packages, file).replaceAll(path.sep, '/').split('/src/');
    const stem = inSource.replace(/\.ts$/, '');
    const found = topics[name].find(({ files }) => files.test(stem));
    if (!found) {
      throw new Error(
        `reference-topics: ${child.name} of @ds/${name} is on no page. ` +
          `Add its file '${stem}' to a page of reference-topics.mjs`,
      );
    }
    return found;
  }

  function pageOf({ module, pages }, topic) {
    if (!pages.has(topic)) {
      const page = new DeclarationReflection(topic.title, ReflectionKind.Namespace, module);
      project.registerReflection(page, undefined, undefined);
      module.addChild(page);
      pages.set(topic, page);
    }
    return pages.get(topic);
  }

  /** Removes members that are described elsewhere or that users do not call. */
  function prune(declaration, others) {
    for (const child of [...(declaration.children ?? [])]) {
      if (LAYER_MEMBERS.has(child.name) || others.has(child.name)) project.removeReflection(child);
    }
  }
}

/** Removes what typedoc notes about inheritance. */
export function forgetInheritance(project) {
  for (const reflection of Object.values(project.reflections)) {
    for (const note of ['inheritedFrom', 'overwrites', 'implementationOf', 'implementedTypes']) {
      delete reflection[note];
    }
    for (const note of ['typeHierarchy', 'extendedTypes', 'extendedBy', 'implementedBy']) {
      delete reflection[note];
    }
  }
}

function move(child, page) {
  const { parent } = child;
  parent.children = parent.children.filter((other) => other !== child);
  child.parent = page;
  page.addChild(child);
}

/** tfjs finds layers by their `className`. */
function isLayer(declaration) {
  return (
    declaration.kindOf(ReflectionKind.Class) &&
    (declaration.children ?? []).some(({ name }) => name === 'className')
  );
}

function isPoolingLayer(declaration) {
  return (declaration.implementedTypes ?? []).some(({ name }) => name === 'PoolingLayer');
}

function exportNamed(imports, name) {
  return [...imports.keys()].find((declaration) => declaration.name === name);
}

function sourceOf(module, project) {
  return project.getSymbolIdFromReflection(module).fileName;
}

function nameOf({ name }) {
  return name;
}

function membersOf(prototype) {
  const names = [];
  for (let at = prototype; at !== Object.prototype; at = Object.getPrototypeOf(at)) {
    names.push(...Object.getOwnPropertyNames(at).filter((name) => name !== 'constructor'));
  }
  return names;
}
