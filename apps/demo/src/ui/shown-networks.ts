/** The first two poolings, side by side. */
const FIRST = ['diffstride', 'conv'];

/** Trained networks in the order of a panel. */
export function inShownOrder<Network extends { pooling: string }>(networks: Network[]): Network[] {
  const rank = ({ pooling }: Network) => {
    const at = FIRST.indexOf(pooling);
    return at < 0 ? FIRST.length : at;
  };
  return networks.toSorted((a, b) => rank(a) - rank(b));
}
