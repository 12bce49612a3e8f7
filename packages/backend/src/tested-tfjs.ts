/** The versions of tfjs that the packages are tested on, and name as peers. */
export const TESTED_TFJS: readonly string[] = ['4.22.0'];
