import type { z } from 'zod';

/** A schema for each field of a type, including optional fields. */
export type SchemaFields<Type> = Record<keyof Type, z.ZodType>;
