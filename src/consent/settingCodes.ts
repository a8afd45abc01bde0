// Of which form are the codes that consent settings name? A code of another form would match nothing, without a word.
import { z } from 'zod';

export const organisationType = z
  .string()
  .regex(/^[A-Z]{1,3}\d{0,2}$/, 'must be a code of an organisation type such as N6 or AMB');

export const consultingCategory = z
  .string()
  .regex(/^RPZAC\d{3}$/, 'must be a category of consulting organisations such as RPZAC001');

export const dataCategory = z.string().regex(/^GGC\d{3}$/, 'must be a data category such as GGC002');
