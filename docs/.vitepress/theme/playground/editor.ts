import { defaultKeymap, history, historyKeymap, isolateHistory } from '@codemirror/commands';
import { javascript } from '@codemirror/lang-javascript';
import {
  bracketMatching,
  ensureSyntaxTree,
  indentOnInput,
  syntaxHighlighting,
} from '@codemirror/language';
import { EditorState, StateEffect, StateField } from '@codemirror/state';
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  highlightActiveLine,
  keymap,
  lineNumbers,
} from '@codemirror/view';
import { classHighlighter } from '@lezer/highlight';

/** The editor of a program. Tab leaves it, so that a keyboard reaches the rest of the page. */
export interface Editor {
  program(): string;
  /** Replaces the program. Undo brings back the one before, as it was last typed. */
  replace(program: string): void;
  /** Marks a line, until the program changes. `null` marks none. */
  mark(line: number | null): void;
  /** Moves the cursor to a line, and the focus to the editor. */
  goTo(line: number): void;
  /** The line of the first syntax error, or `null`. */
  faultyLine(): number | null;
  destroy(): void;
}

/** The time that the parser may take to find a syntax error. */
const PARSING_MS = 500;

const setMark = StateEffect.define<number | null>();

/** The mark of the line that an error comes from. */
const markedLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(before, { docChanged, effects, state }) {
    for (const effect of effects) {
      if (!effect.is(setMark)) continue;
      if (effect.value === null) return Decoration.none;
      const { from } = state.doc.line(effect.value);
      return Decoration.set(Decoration.line({ class: 'faulty-line' }).range(from));
    }
    return docChanged ? Decoration.none : before;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** The colours of the site, which follow its theme. */
const theme = EditorView.theme({
  '&': { height: '100%', fontSize: '14px', backgroundColor: 'var(--vp-code-block-bg)' },
  '&.cm-focused': { outline: '2px solid var(--vp-c-brand-1)', outlineOffset: '-2px' },
  '.cm-scroller': { fontFamily: 'var(--vp-font-family-mono)', lineHeight: '1.6' },
  '.cm-content': { caretColor: 'var(--vp-c-text-1)' },
  '.cm-cursor': { borderLeftColor: 'var(--vp-c-text-1)' },
  '.cm-gutters': {
    backgroundColor: 'transparent',
    color: 'var(--vp-c-text-2)',
    border: 'none',
  },
  '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'var(--vp-c-default-soft)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground':
    { backgroundColor: 'var(--vp-c-brand-soft)' },
  '.faulty-line': { backgroundColor: 'var(--vp-c-danger-soft)' },
});

/**
 * Opens an editor in an element.
 *
 * @param run called on Ctrl-Enter, or Cmd-Enter on a Mac
 * @param changed called after each change of the program
 */
export function openEditor(
  parent: HTMLElement,
  program: string,
  { run, changed }: { run: () => void; changed: () => void },
): Editor {
  const runs = () => {
    run();
    return true;
  };
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: program,
      extensions: [
        keymap.of([{ key: 'Mod-Enter', run: runs }, ...defaultKeymap, ...historyKeymap]),
        history(),
        lineNumbers(),
        drawSelection(),
        highlightActiveLine(),
        bracketMatching(),
        indentOnInput(),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': 'Program' }),
        javascript({ typescript: true }),
        syntaxHighlighting(classHighlighter),
        EditorView.updateListener.of(({ docChanged }) => {
          if (docChanged) changed();
        }),
        markedLine,
        theme,
      ],
    }),
  });
  const existing = (line: number) => Math.min(Math.max(line, 1), view.state.doc.lines);
  return {
    program: () => view.state.doc.toString(),
    replace(text) {
      view.dispatch({
        changes: { from: 0, to: view.state.doc.length, insert: text },
        annotations: isolateHistory.of('full'),
      });
      view.scrollDOM.scrollTo(0, 0);
    },
    mark(line) {
      view.dispatch({ effects: setMark.of(line === null ? null : existing(line)) });
    },
    goTo(line) {
      const { from } = view.state.doc.line(existing(line));
      view.dispatch({ selection: { anchor: from }, scrollIntoView: true });
      view.focus();
    },
    faultyLine() {
      const tree = ensureSyntaxTree(view.state, view.state.doc.length, PARSING_MS);
      let line: number | null = null;
      tree?.iterate({
        enter({ type, from }) {
          if (line === null && type.isError) line = view.state.doc.lineAt(from).number;
          return line === null;
        },
      });
      return line;
    },
    destroy: () => view.destroy(),
  };
}
