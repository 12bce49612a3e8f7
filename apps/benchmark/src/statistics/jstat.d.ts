/** The part of jstat that is used. The package has no types. */
declare module 'jstat' {
  const jstat: {
    studentt: {
      /** The quantile of Student's t-distribution with `dof` degrees of freedom. */
      inv: (probability: number, dof: number) => number;
    };
  };
  export default jstat;
}
