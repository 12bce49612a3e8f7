/** The version of {@link ClassTest} that this program writes and reads. */
export const CLASS_TEST_VERSION = 1;

/** The test of a trained network by class. It is plain JSON. */
export interface ClassTest {
  version: typeof CLASS_TEST_VERSION;
  /** The network's outputs, in their order. */
  tasks: ClassTestTask[];
}

/** The test of one output of a network. */
export interface ClassTestTask {
  /** `class`, or the name of a task on sounds. */
  name: string;
  classes: string[];
  /** Number of examples. */
  count: number;
  /**
   * `[true class, predicted class, number of examples]` for each pair that occurs. Empty if an
   * example has any number of labels.
   */
  confusion: [number, number, number][];
  /** If an example has any number of labels: what was decided on each of them. */
  decisions?: LabelDecisions[];
  /** Wrong predictions, the most confident first. */
  mistakes: Mistake[];
}

/** The decisions on one label. A probability above ½ decides for it. */
export interface LabelDecisions {
  /** Number of examples that have the label. */
  examples: number;
  /** Number of those for which the network decided for it. */
  found: number;
  /** Number of other examples for which the network decided for it. */
  falseAlarms: number;
}

/** A wrong prediction. */
export interface Mistake {
  /** The example's place in the test set. */
  example: number;
  /** The example's file within the folder of the dataset, if the examples come from files. */
  file: string | null;
  /** The true class. With several labels: a label that was missed, or `null` at a false alarm. */
  truth: number | null;
  /**
   * The predicted class. With several labels: a false alarm, or `null` where a label was missed.
   */
  predicted: number | null;
  /** The probability that the network gave its wrong answer. */
  probability: number;
  /** The example as the network got it: a `data:` URL of a picture or a sound. */
  preview: string | null;
}

/** The test without files and contents of examples. Only results that leave the machine need it. */
export function withoutExamples(test: ClassTest): ClassTest {
  return { ...test, tasks: test.tasks.map((task) => ({ ...task, mistakes: [] })) };
}

/** The test without the contents of examples. */
export function withoutPreviews(test: ClassTest): ClassTest {
  const tasks = test.tasks.map((task) => ({
    ...task,
    mistakes: task.mistakes.map((mistake) => ({ ...mistake, preview: null })),
  }));
  return { ...test, tasks };
}
