// What is the crew card as FHIR? A Composition with a narrative that says all of it, and its decisions as codes beside it.
// https://hl7.org/fhir/R4/composition.html and https://hl7.org/fhir/R4/narrative.html
import { bsnSystem } from '../../fhir/identifiers.ts';
import { xhtmlNamespace } from '../../fhir/narrative.ts';
import { ownCanonical } from '../../fhir/ownCanonicals.ts';
import type { FhirResource, Language } from '../../model.ts';
import { marked } from '../pages/page.ts';
import type { Card, CardLine } from './cardShape.ts';
import { cardWords } from './cardWords.ts';
import { pageWords } from './pageWords.ts';
import { lineName, type PrintedLine, printHolders, printLine, printPeople, printRest } from './printCard.ts';
import { printGoal } from './printGoal.ts';

/** The keys of the lines, and of what is said beside them. */
export const cardSectionSystem = ownCanonical('CodeSystem', 'card-section');
/** On a section: decision, conflict, date and holder of the line, for programs. */
export const cardLineUrl = ownCanonical('StructureDefinition', 'card-line');

export type CompositionOptions = {
  language: Language;
  /** Address of the gateway, without a trailing slash. */
  baseUrl: string;
  id?: string;
  /** The Patient in the same Bundle; by BSN alone when absent. */
  patientReference?: string;
};

type Section = Record<string, unknown>;

const div = (inner: string, language: Language): string =>
  `<div xmlns="${xhtmlNamespace}" xml:lang="${language}" lang="${language}">${inner}</div>`;

const paragraphs = (lines: readonly PrintedLine[], language: Language): string =>
  div(
    lines
      .filter(({ text }) => text.trim() !== '')
      .map(({ text, tone }) =>
        tone === 'alarm' ? `<p><b>${marked(text)}</b></p>` : `<p>${marked(text)}</p>`,
      )
      .join(''),
    language,
  );

/** A FHIR string may not look as if it held HTML; the narrative has the text as it is. */
const label = (text: string): string => text.replaceAll('<', '‹');

/** Prints sections in one language. */
const sectionIn =
  (language: Language) =>
  (code: string, name: string, lines: readonly PrintedLine[]): Section => ({
    title: label(name),
    code: { coding: [{ system: cardSectionSystem, code }], text: label(name) },
    text: { status: 'generated', div: paragraphs(lines, language) },
  });

/** The facts of a line that a program acts on. */
function lineExtension(line: CardLine): Section {
  const part = (url: string, value: Record<string, unknown>) => ({ url, ...value });
  return {
    url: cardLineUrl,
    extension: [
      part('decision', { valueCode: line.decision }),
      part('conflict', { valueCode: line.conflict }),
      ...(line.date === null ? [] : [part('date', { valueDateTime: line.date })]),
      ...(line.holder === null ? [] : [part('holder', { valueString: label(line.holder) })]),
    ],
  };
}

/** The one who is asked about: the Patient of the Bundle, or the citizen service number, with the name. */
function subjectOf({ patient }: Card, patientReference: string | undefined): Section | undefined {
  const display = patient?.name ? { display: label(patient.name) } : {};
  if (patientReference !== undefined) return { reference: patientReference, ...display };
  if (!patient?.bsn) return undefined;
  return { type: 'Patient', identifier: { system: bsnSystem, value: patient.bsn }, ...display };
}

function sectionsOf(card: Card, language: Language): Section[] {
  const say = (word: Readonly<Record<Language, string>>): string => word[language];
  const unlimited: PrintedLine = { text: say(pageWords.noLimits), tone: 'plain' };
  const section = sectionIn(language);
  const goal = printGoal(card, language);
  const rest = printRest(card, language);
  return [
    section('holders', say(pageWords.holders), [...printHolders(card, language), unlimited]),
    ...card.lines.map((line) => {
      const code = line.key.startsWith('other:') ? 'other' : line.key;
      const printed = section(code, lineName(line.key, language), printLine(line, language));
      return { extension: [lineExtension(line)], ...printed };
    }),
    ...(goal.length > 0 ? [section('goal', say(cardWords.goal), goal)] : []),
    section('representatives', say(cardWords.speakers), printPeople(card, language)),
    ...(rest.length > 0 ? [section('remarks', say(cardWords.findings), rest)] : []),
  ];
}

/** The card as a Composition: one section per line, with who was asked before them and who speaks for the patient after. */
export function printCardComposition(card: Card, options: CompositionOptions): FhirResource {
  const { language, baseUrl, id, patientReference } = options;
  const subject = subjectOf(card, patientReference);
  const title = pageWords.title[language];
  const missing = card.incomplete ? ` (${pageWords.incomplete[language]})` : '';
  const summary: PrintedLine[] = [
    {
      text: `${title}${missing}: ${card.patient?.name ?? cardWords.unnamed[language]}, ${card.at}`,
      tone: 'plain',
    },
  ];
  return {
    resourceType: 'Composition',
    ...(id === undefined ? {} : { id }),
    language,
    text: { status: 'generated', div: paragraphs(summary, language) },
    // holders that did not give their whole answer: what stands here may be contradicted by what they have
    status: card.incomplete ? 'preliminary' : 'final',
    type: {
      coding: [{ system: 'http://loinc.org', code: '42348-3', display: 'Advance directives' }],
      text: title,
    },
    ...(subject === undefined ? {} : { subject }),
    date: card.at,
    author: [
      { type: 'Device', identifier: { system: 'urn:ietf:rfc:3986', value: baseUrl }, display: 'Sluis' },
    ],
    title,
    section: sectionsOf(card, language),
  };
}
