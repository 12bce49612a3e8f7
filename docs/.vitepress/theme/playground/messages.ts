import type { Picture } from './picture-of.js';

/** What the page sends to the worker: a program in JavaScript or TypeScript. */
export interface Order {
  program: string;
}

/** What the worker sends to the page. */
export type Message =
  | { kind: 'text'; level: 'log' | 'warn' | 'error'; text: string }
  | { kind: 'picture'; picture: Picture; title: string }
  | Fault
  | { kind: 'done'; ms: number };

/** An error, with the line of the program that it comes from, if known. */
export interface Fault {
  kind: 'fault';
  text: string;
  line: number | null;
  /** Whether the browser could not read the program, so that the editor must find the line. */
  isSyntax: boolean;
}
