/** How much a match on a page counts. Guides and theory come before packages and the reference. */
const WEIGHTS: readonly [place: RegExp, weight: number][] = [
  [/\/(guide\/|start|theory\/)/, 2.5],
  [/\/poolings\//, 1.5],
  [/\/(packages\/|experiments|results)/, 1],
  [/\/(contribute\/|speed|backends)/, 0.6],
  [/\/reference\//, 0.3],
];

/** Words of a question that say nothing about its subject. */
const EMPTY_WORDS = new Set(
  (
    'a an and are as at be by can do does for from get have how i in into is it its me my need of on ' +
    'or should so that the their there this to use using want was what when where which who why ' +
    'with without you your'
  ).split(' '),
);

/** The shortest word that also finds words with another letter. */
const FUZZY_LENGTH = 5;

/** How the search of the site orders what it finds. */
export const searchOptions = {
  boost: { title: 4, text: 2, titles: 2 },
  prefix: true,
  fuzzy: (term: string) => (term.length >= FUZZY_LENGTH ? 0.2 : false),
  boostDocument: (id: string) => WEIGHTS.find(([place]) => place.test(id))?.[1] ?? 1,
  processTerm(term: string): string | null {
    const word = term.toLowerCase();
    return EMPTY_WORDS.has(word) ? null : word;
  },
};
