/** The versions of tfjs on which the packages are tested. The packages declare them as peers. */
export const TESTED_TFJS: readonly string[] = ['4.22.0'];
