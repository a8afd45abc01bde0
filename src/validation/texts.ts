// How are findings said to a person? One short sentence in Dutch and English each.
import type { Language } from '../model.ts';

export type Text = Readonly<Record<Language, string>>;

const short = (text: string): string => (text.length > 160 ? `${text.slice(0, 157)}...` : text);
// Of what was found only addresses, codes and small numbers are repeated: anything else could be about a patient.
const harmless = /^[A-Za-z][\w:/.#%~+*()[\]|-]*$/;
const shown = (value: unknown): string => {
  if (typeof value === 'number' || typeof value === 'boolean')
    return String(value).length < 8 ? String(value) : '…';
  if (typeof value !== 'string' || /\d{8}/.test(value.replace(/^(?:urn:oid|https?):[^#|]*/, ''))) return '…';
  return harmless.test(value) || value.length < 8 ? short(value) : '…';
};
// A code with its system is about a concept, not about a person.
const code = (value: string): string => (/^\S+#[\w.+/-]+$/.test(value) ? short(value) : shown(value));
// A concept or quantity by its codes, as `system#code`; anything else of several parts as it is written.
const codesIn = (value: unknown): string[] => {
  if (Array.isArray(value)) return value.flatMap(codesIn);
  if (typeof value !== 'object' || value === null) return [];
  const { system, code, coding } = value as { system?: unknown; code?: unknown; coding?: unknown };
  if (typeof code !== 'string') return codesIn(coding);
  return [typeof system === 'string' ? `${system}#${code}` : code];
};
const wanted = (value: unknown): string => {
  const codes = codesIn(value);
  if (codes.length > 0) return short(codes.join(', '));
  return short(typeof value === 'string' ? value : (JSON.stringify(value) ?? ''));
};
const found = (value: unknown): string => {
  const codes = codesIn(value);
  return codes.length > 0 ? codes.map(code).join(', ') : shown(value);
};
const listed = (intro: string, codes: readonly string[]): string =>
  codes.length === 0 ? '' : ` ${intro} ${codes.join(', ')}.`;
const times = (max: number): string => (max < 0 ? '*' : String(max));

export const texts = {
  missing: (element: string, min: number, found: number): Text => ({
    en: `${element} is required: at least ${min}, found ${found}.`,
    nl: `${element} is verplicht: ten minste ${min}, gevonden ${found}.`,
  }),
  tooMany: (element: string, max: number, found: number): Text => ({
    en: `${element} may occur at most ${times(max)} time(s), found ${found}.`,
    nl: `${element} mag hoogstens ${times(max)} keer voorkomen, gevonden ${found}.`,
  }),
  type: (element: string, found: string, allowed: readonly string[]): Text => ({
    en: `${element} may not have type ${found}, only ${allowed.join(', ')}.`,
    nl: `${element} mag niet van type ${found} zijn, alleen ${allowed.join(', ')}.`,
  }),
  fixed: (element: string, expected: unknown, value: unknown): Text => ({
    en: `${element} must be ${wanted(expected)}, found ${found(value)}.`,
    nl: `${element} moet ${wanted(expected)} zijn, gevonden ${found(value)}.`,
  }),
  pattern: (element: string, expected: unknown, value: unknown): Text => ({
    en: `${element} must contain ${wanted(expected)}, found ${found(value)}.`,
    nl: `${element} moet ${wanted(expected)} bevatten, gevonden ${found(value)}.`,
  }),
  tooLow: (element: string, least: unknown, found: unknown): Text => ({
    en: `${element} is ${shown(found)}, the minimum is ${wanted(least)}.`,
    nl: `${element} is ${shown(found)}, het minimum is ${wanted(least)}.`,
  }),
  tooHigh: (element: string, most: unknown, found: unknown): Text => ({
    en: `${element} is ${shown(found)}, the maximum is ${wanted(most)}.`,
    nl: `${element} is ${shown(found)}, het maximum is ${wanted(most)}.`,
  }),
  tooLong: (element: string, most: number, found: number): Text => ({
    en: `${element} has ${found} characters, at most ${most} are allowed.`,
    nl: `${element} heeft ${found} tekens, hoogstens ${most} zijn toegestaan.`,
  }),
  notInValueSet: (
    element: string,
    found: string,
    { valueSet, codes = [] }: { valueSet: string; codes?: readonly string[] },
  ): Text => ({
    en: `${element}: ${code(found)} is not in the value set ${valueSet}.${listed('It has', codes)}`,
    nl: `${element}: ${code(found)} staat niet in de waardelijst ${valueSet}.${listed('Daarin staan', codes)}`,
  }),
  noCode: (element: string, { valueSet, codes }: { valueSet: string; codes: readonly string[] }): Text => ({
    en: `${element} needs a code from the value set ${valueSet}.${listed('It has', codes)}`,
    nl: `${element} heeft een code uit de waardelijst ${valueSet} nodig.${listed('Daarin staan', codes)}`,
  }),
  undecided: (element: string, found: string, valueSet: string): Text => ({
    en: `${element}: whether ${code(found)} is in the value set ${valueSet} cannot be decided here.`,
    nl: `${element}: of ${code(found)} in de waardelijst ${valueSet} staat, kan hier niet worden bepaald.`,
  }),
  unknownCode: (given: string, system: string): Text => ({
    en: `The code ${shown(given)} does not exist in ${system}.`,
    nl: `De code ${shown(given)} bestaat niet in ${system}.`,
  }),
  unit: (found: string): Text => ({
    en: `${shown(found)} is not a UCUM unit. Units are case sensitive (kg, mm[Hg], 10*9/L); a word goes in braces: {dose}.`,
    nl: `${shown(found)} is geen UCUM-eenheid. Hoofdletters tellen (kg, mm[Hg], 10*9/L); een woord staat tussen accolades: {dosis}.`,
  }),
  wrongSystem: (element: string, found: string, expected: string): Text => ({
    en: `${element}: \`system\` is \`${shown(found)}\`, expected \`${expected}\`.`,
    nl: `${element}: \`system\` is \`${shown(found)}\`, verwacht \`${expected}\`.`,
  }),
  target: (element: string, found: string, allowed: readonly string[]): Text => ({
    en: `${element} may not refer to ${found}, only to ${allowed.join(', ')}.`,
    nl: `${element} mag niet verwijzen naar ${found}, alleen naar ${allowed.join(', ')}.`,
  }),
  targetProfile: (element: string, allowed: readonly string[]): Text => ({
    en: `${element} refers to a resource that fits none of ${allowed.join(', ')}.`,
    nl: `${element} verwijst naar een resource die aan geen van ${allowed.join(', ')} voldoet.`,
  }),
  aggregation: (element: string, found: string, allowed: readonly string[]): Text => ({
    en: `What ${element} refers to must be ${allowed.join(' or ')}, it is ${found}.`,
    nl: `Waar ${element} naar verwijst moet ${allowed.join(' of ')} zijn, het is ${found}.`,
  }),
  dangling: (reference: string): Text => ({
    en: `The reference ${shown(reference)} leads to nothing in this message.`,
    nl: `De verwijzing ${shown(reference)} leidt in dit bericht nergens heen.`,
  }),
  noSlice: (element: string): Text => ({
    en: `${element}: this item fits none of the slices, and no others are allowed.`,
    nl: `${element}: dit onderdeel past bij geen van de slices, en andere zijn niet toegestaan.`,
  }),
  sliceOrder: (element: string, slice: string): Text => ({
    en: `${element}: slice ${slice} stands in the wrong order.`,
    nl: `${element}: slice ${slice} staat in de verkeerde volgorde.`,
  }),
  unknownExtension: (url: string): Text => ({
    en: `The extension ${shown(url)} is not known here.`,
    nl: `De extensie ${shown(url)} is hier niet bekend.`,
  }),
  unknownPart: (url: string, known: readonly string[]): Text => ({
    en: `The extension has no part ${shown(url)}, only ${known.join(', ')}.`,
    nl: `De extensie heeft geen onderdeel ${shown(url)}, alleen ${known.join(', ')}.`,
  }),
  unknownModifier: (url: string): Text => ({
    en: `The modifier extension ${shown(url)} is not known; it may change the meaning of what it stands in.`,
    nl: `De modifierextensie ${shown(url)} is niet bekend; zij kan de betekenis van haar omgeving veranderen.`,
  }),
  extensionPlace: (url: string, place: string, allowed: readonly string[]): Text => ({
    en: `The extension ${url} may not stand in ${place}, only in ${allowed.join(', ')}.`,
    nl: `De extensie ${url} mag niet in ${place} staan, alleen in ${allowed.join(', ')}.`,
  }),
  unknownProfile: (url: string): Text => ({
    en: `The profile ${shown(url)} is not known here, so it was not checked.`,
    nl: `Het profiel ${shown(url)} is hier niet bekend en is dus niet getoetst.`,
  }),
  unknownBase: (url: string, base: string): Text => ({
    en: `The profile ${shown(base)}, on which ${shown(url)} is built, is not known here, so it was not checked.`,
    nl: `Het profiel ${shown(base)}, waarop ${shown(url)} is gebouwd, is hier niet bekend en is dus niet getoetst.`,
  }),
  otherRelease: (url: string, release: string): Text => ({
    en: `${shown(url)} is not known here in this version; it was checked against ${release}.`,
    nl: `${shown(url)} is hier niet in deze versie bekend; er is getoetst aan ${release}.`,
  }),
  profileType: (url: string, type: string, found: string): Text => ({
    en: `The profile ${url} is for ${type}, not for ${found}.`,
    nl: `Het profiel ${url} is voor ${type}, niet voor ${found}.`,
  }),
  invariant: (key: string, human: Partial<Text>, expression: string): Text => ({
    en: `Rule ${key} is not met: ${human.en ?? expression}`,
    nl: `Aan regel ${key} is niet voldaan: ${human.nl ?? human.en ?? expression}`,
  }),
  invariantFault: (key: string): Text => ({
    en: `Rule ${key} could not be evaluated.`,
    nl: `Regel ${key} kon niet worden uitgevoerd.`,
  }),
  deadline: (): Text => ({
    en: 'Not checked further: the check took longer than allowed.',
    nl: 'Niet verder getoetst: de toetsing duurde langer dan toegestaan.',
  }),
  said: (en: string, nl: string): Text => ({ en, nl }),
} as const;
