// With which definitions is content checked? The base specification, the packages of a folder, and our own restatement.
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { ownDefinitions } from './ownDefinitions.ts';
import { isOwnRule } from './ownRules.ts';
import { layered, type Registry } from './registry.ts';
import { type Entry, placesOf } from './shelf.ts';
import { openRegistry } from './sources.ts';
import { createValidator, type Policy, type Validator } from './validator.ts';

const level = z.enum(['error', 'warning', 'ignore']);

/** The settings of validation. */
export const validationSettings = z
  .strictObject({
    packageFolders: z
      .array(z.string().min(1))
      .default([])
      .describe(
        'Folders with one folder per FHIR package, from the folder of the settings file; besides these, `profiles/packages` when it exists.',
      ),
    cacheFolder: z
      .string()
      .min(1)
      .optional()
      .describe('Where condensed definitions are kept between starts; a folder of the system when absent.'),
    unknownExtensions: level
      .default('warning')
      .describe(
        'What an extension without a known definition is. An unknown modifier extension is always an error.',
      ),
    unknownProfiles: level.default('warning').describe('What a claimed profile is that is not known.'),
    unknownCodes: level
      .default('warning')
      .describe('What a code is that its complete, local code system does not have.'),
    rulesOff: z
      .array(z.string().refine(isOwnRule, 'there is no such rule; the list is in docs/validation.md'))
      .default([])
      .describe('Own rules that are switched off, by id; the list is in docs/validation.md.'),
    timeoutMs: z
      .int()
      .min(10)
      .max(60_000)
      .default(250)
      .describe(
        'Milliseconds of processor time that one check may take; then it is broken off, which is told as a finding. Other requests wait for it.',
      ),
  })
  .describe('Which definitions content is checked against, and how strictly.');

export type ValidationSettings = z.infer<typeof validationSettings>;

/** Where packages are kept unless settings say otherwise: read when it exists. */
export const ownPackageFolder = fileURLToPath(new URL('../../profiles/packages', import.meta.url));

/** The registry for these settings. Our own restatement gives way to any package that defines the same. */
export function registryFor(settings: {
  packages: readonly string[];
  cacheFolder?: string | undefined;
}): Registry {
  const folders = existsSync(ownPackageFolder) ? [ownPackageFolder, ...settings.packages] : settings.packages;
  return openRegistry({
    packageFolders: folders,
    own: ownDefinitions(),
    ...(settings.cacheFolder === undefined ? {} : { cacheFolder: settings.cacheFolder }),
  });
}

/** A validator as the settings say; definitions that are given beside them win, and so does the policy. */
export function openValidator(
  settings: ValidationSettings,
  given: readonly Entry[] = [],
  policy: Partial<Policy> = {},
): Validator {
  const registry = registryFor({ packages: settings.packageFolders, cacheFolder: settings.cacheFolder });
  return createValidator({
    registry: given.length === 0 ? registry : layered(registry, placesOf(given)),
    policy: {
      unknownExtensions: settings.unknownExtensions,
      unknownProfiles: settings.unknownProfiles,
      unknownCodes: settings.unknownCodes,
      rulesOff: new Set(settings.rulesOff),
      ...policy,
    },
    timeoutMs: settings.timeoutMs,
  });
}
