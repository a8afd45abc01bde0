// When may a record be opened without the patient's consent? The region's rules for break-glass; off unless switched on.
import { z } from 'zod';
import { dataCategory, organisationType } from './settingCodes.ts';

const opens = (exchanges: readonly string[], categories: readonly string[]) =>
  z.strictObject({
    exchanges: z
      .array(z.string().min(1))
      .default([...exchanges])
      .describe('Exchanges that the grant opens.'),
    categories: z
      .array(dataCategory)
      .default([...categories])
      .describe('Data categories that it opens.'),
  });

export const breakGlassSettings = z
  .strictObject({
    enabled: z.boolean().default(false).describe('Whether break-glass exists in this region.'),
    facilityTypes: z
      .array(organisationType)
      .default([])
      .describe('Organisation types that may use it, such as `N6`.'),
    roles: z
      .array(z.string().regex(/^\d{2}\.\d{3}$/, 'must be a UZI role code such as 01.071'))
      .default([])
      .describe('UZI role codes that may use it, such as `01.071`.'),
    reasonMinLength: z
      .int()
      .min(10)
      .max(500)
      .default(20)
      .describe('Shortest written reason, in characters that are no space.'),
    reasonMaxLength: z.int().min(50).max(4_000).default(1_000).describe('Longest written reason.'),
    minutes: z.int().min(1).max(1_440).default(60).describe('How long a grant lives, in minutes.'),
    first: opens(['wishes'], ['GGC002']).prefault({}).describe('Minimum data: what a grant opens at once.'),
    widened: opens(['wishes', 'medication'], ['GGC002', 'GGC012', 'GGC013'])
      .prefault({})
      .describe('What it opens after a second explicit step.'),
    overrideObjection: z
      .boolean()
      .default(false)
      .describe('Whether a grant also opens what the patient has objected to in the sources kept here.'),
  })
  .refine((one) => !one.enabled || (one.facilityTypes.length > 0 && one.roles.length > 0), {
    message: 'name the facilityTypes and the roles that may use break-glass',
  })
  .refine((one) => one.reasonMinLength <= one.reasonMaxLength, {
    message: 'must not be less than reasonMinLength',
    path: ['reasonMaxLength'],
  })
  .describe('Break-glass: access in an emergency, written down, told to the holder and reviewed.');

export type BreakGlassSettings = z.output<typeof breakGlassSettings>;
