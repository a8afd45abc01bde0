// Which building blocks does an ADA document hold? 9.3.0, and 9.0.7 with its older names and stop codes. Facts: ART-DECOR project mp-
import { GatewayError } from '../../errors.ts';
import { doneText, registeredText, supplyPeriod, writtenPeriod } from './adaDates.ts';
import { type AdaParts, adaParts, coded, idOf, isTrue, valueIn } from './adaParts.ts';
import { adaRelations } from './adaRelations.ts';
import { type Author, type Block, type BlockKind, type Code, dosingAtSource } from './block.ts';
import { periodOf } from './period.ts';
import {
  type FoundBlock,
  joined,
  keep,
  momentOf,
  passOver,
  type Reading,
  startReading,
  stopFrom,
} from './reading.ts';
import { isTree, present, type Tree, tree, trees } from './tree.ts';

/** A parsed ADA document (`parseXmlSource` gives its tree), and where it came from. */
export type AdaContent = { document: Tree; place?: string };

const kinds: Readonly<Record<string, BlockKind>> = {
  medicatieafspraak: 'MA',
  wisselend_doseerschema: 'WDS',
  verstrekkingsverzoek: 'VV',
  toedieningsafspraak: 'TA',
  medicatieverstrekking: 'MVE',
  verstrekking: 'MVE',
  medicatiegebruik: 'MGB',
  medicatie_gebruik: 'MGB',
  medicatietoediening: 'MTD',
};

/** Is this the tree of an ADA document? */
export const isAda = (document: Tree): boolean => transactionsOf(document).length > 0;

const holdsTreatments = (one: unknown): one is Tree =>
  isTree(one) && (isTree(one.patient) || one.medicamenteuze_behandeling !== undefined);

function transactionsOf(document: Tree): { name: string; content: Tree }[] {
  if (document.medicamenteuze_behandeling !== undefined) return [{ name: '', content: document }];
  const held = tree(document.data) ?? document;
  return Object.entries(held).flatMap(([name, value]) =>
    trees(value)
      .filter(holdsTreatments)
      .map((content) => ({ name, content })),
  );
}

/**
 * The building blocks of ADA documents of one holder, in the order of the documents.
 * @throws GatewayError unprocessable for a document that is no ADA transaction with medication
 */
export function readAda(contents: readonly AdaContent[], holder: string): Reading {
  const reading = startReading(holder);
  for (const { document, place } of contents) {
    const transactions = transactionsOf(document);
    if (transactions.length === 0)
      throw new GatewayError('unprocessable', 'The XML is not an ADA document with medication');
    for (const { name, content } of transactions) {
      const at = [place ?? '', name].filter((part) => part !== '');
      if (name.startsWith('sturen_voorstel')) passOver(reading, 'not-an-agreement', { place: at.join('/') });
      else readTransaction(content, reading, at);
    }
  }
  return reading;
}

function readTransaction(content: Tree, reading: Reading, at: readonly string[]): void {
  const parts = adaParts(content);
  const patient = idOf(tree(content.patient)?.identificatienummer)?.replace(
    /^urn:oid:2\.16\.840\.1\.113883\.2\.4\.6\.3\|/,
    'http://fhir.nl/fhir/NamingSystem/bsn|',
  );
  if (patient !== undefined) reading.patients.add(patient);
  const treatments = trees(content.medicamenteuze_behandeling).map((holder, index) => ({
    holder,
    path: [`medicamenteuze_behandeling[${index}]`],
  }));
  // what was made from 6.12 dispenses stands beside the treatments and names its own
  for (const { holder, path } of [...treatments, { holder: content, path: [] }]) {
    for (const [name, kind] of Object.entries(kinds)) {
      trees(holder[name]).forEach((block, inner) => {
        const treatment = idOf(holder.identificatie) ?? idOf(block.medicamenteuze_behandeling_id);
        const place = [...at, ...path, `${name}[${inner}]`].join('/');
        keep(reading, blockFrom(block, kind, { treatment, patient, parts, place }));
      });
    }
  }
}

type From = { treatment: string | undefined; patient: string | undefined; parts: AdaParts; place: string };

function blockFrom(block: Tree, kind: BlockKind, { treatment, patient, parts, place }: From): FoundBlock {
  const unreadable: string[] = [];
  const done = kind === 'MVE' || kind === 'MTD' ? doneText(block) : undefined;
  const instruction = tree(block.gebruiksinstructie);
  const product = parts.productOf(block);
  const relations = adaRelations(block, kind);
  return {
    ...present<FoundBlock>({
      kind,
      place,
      record: idOf(block.identificatie),
      treatment,
      patient,
      registered: momentOf(registeredText(block), unreadable),
      period: periodOf(kind === 'MVE' ? supplyPeriod(block, done) : writtenPeriod(block)),
      medicine: product.medicine,
      product: product.key,
      relations: relations.others,
      prior: relations.prior,
      dosage: dosingOf(instruction) ?? amountOf(block),
      route: routeOf(instruction ?? block),
      author: authorOf(block, parts),
      reason: reasonOf(block),
      note: noteOf(block),
      use: useOf(block, kind),
      done: momentOf(done, unreadable),
      notDone: isNotGiven(block) || undefined,
    } as FoundBlock),
    ...stopIn(block),
    copy: isTrue(block.kopie_indicator),
    enteredInError: isTrue(block.geannuleerd_indicator) || isTrue(block.geannuleerdindicator),
    unreadable,
  };
}

const isFalse = (value: unknown): boolean => ['false', '0'].includes(valueIn(value)?.trim() ?? '');

function stopIn(block: Tree): ReturnType<typeof stopFrom> {
  const name = Object.keys(block).find((one) => /stop_?type$/.test(one));
  const stop = name === undefined ? undefined : tree(block[name]);
  return stop ? stopFrom(coded(stop)) : {};
}

/** ActStatus of an administration: what was cancelled was not given. */
const isNotGiven = (block: Tree): boolean => tree(block.medicatie_toediening_status)?.code === 'cancelled';

/** What was given; a rate beside it is not put into words here. */
function amountOf(block: Tree): string | undefined {
  if (tree(block.toedieningssnelheid)) return dosingAtSource;
  const amount = tree(block.toegediende_hoeveelheid);
  const parts = [
    valueIn(amount?.aantal)?.replace('.', ','),
    coded(tree(amount?.eenheid) ?? {})[0]?.display?.toLowerCase(),
  ];
  return parts[0] === undefined ? undefined : parts.filter(Boolean).join(' ');
}

/** The text to show. The structure beside it is not put into words here. */
function dosingOf(instruction: Tree | undefined): string | undefined {
  const structured = instruction?.doseerinstructie ?? instruction?.herhaalperiode_cyclisch_schema;
  return valueIn(instruction?.omschrijving) ?? (isTree(trees(structured)[0]) ? dosingAtSource : undefined);
}

function routeOf(instruction: Tree): Code | undefined {
  const route = coded(tree(instruction.toedieningsweg) ?? {})[0];
  return route === undefined || route.system.endsWith('2.16.840.1.113883.5.1008') ? undefined : route;
}

function authorOf(block: Tree, parts: AdaParts): Author | undefined {
  const holder =
    tree(block.auteur) ?? tree(block.voorschrijver) ?? tree(block.verstrekker) ?? tree(block.toediener);
  return holder && parts.authorOf(holder);
}

const saidIn = (name: RegExp, block: Tree): (string | undefined)[] =>
  Object.keys(block)
    .filter((one) => name.test(one))
    .flatMap((one) => trees(block[one]))
    .map((one) => coded(one)[0]?.display ?? (one.code === undefined ? valueIn(one) : undefined));

/** Why it was prescribed first, then why it was changed, stopped or not done. */
function reasonOf(block: Tree): string | undefined {
  const problems = trees(block.reden_van_voorschrijven).flatMap(({ probleem }) => trees(probleem));
  const names = problems.map(({ probleem_naam }) => coded(tree(probleem_naam) ?? {})[0]?.display);
  return joined([...names, ...saidIn(/reden_(?:wijzigen|van_afwijken|gebruik)/, block)]);
}

/** Remarks, and what is coded beside them, such as that a high dose was meant. */
const noteOf = (block: Tree): string | undefined =>
  joined([...saidIn(/aanvullende_(?:informatie|wensen)$/, block), ...trees(block.toelichting).map(valueIn)]);

function useOf(block: Tree, kind: BlockKind): Block['use'] {
  if (kind !== 'MGB') return undefined;
  const stopped = stopIn(block).stop !== undefined;
  return {
    used: !isFalse(block.gebruik_indicator) && !stopped,
    ...(valueIn(block.volgens_afspraak_indicator) === undefined
      ? {}
      : { asAgreed: isTrue(block.volgens_afspraak_indicator) }),
  };
}
