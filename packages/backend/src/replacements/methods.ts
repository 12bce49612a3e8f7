import { ReplacementStack } from './stack.js';

const stacks = new WeakMap<object, Map<PropertyKey, ReplacementStack<unknown>>>();

/**
 * Replaces a method of an object, for the change in progress. `make` receives the method below: the
 * object's own, or that of an earlier change in the list.
 */
export function replaceMethod<T extends object, Name extends keyof T>(
  target: T,
  name: Name,
  make: (below: T[Name]) => T[Name],
): void {
  const ofTarget = stacks.get(target) ?? new Map<PropertyKey, ReplacementStack<unknown>>();
  stacks.set(target, ofTarget);
  const known = ofTarget.get(name);
  const stack =
    known ??
    new ReplacementStack<unknown>(
      () => target[name],
      (method) => {
        target[name] = method as T[Name];
      },
    );
  ofTarget.set(name, stack);
  stack.put((below) => make(below as T[Name]));
}

/** Reverts the methods of a change, and restores the earlier ones. */
export function takeBackMethods(target: object, change: string): void {
  for (const stack of stacks.get(target)?.values() ?? []) stack.take(change);
}
