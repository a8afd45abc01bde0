// Which building blocks does a 6.12 dispense list hold? HL7v3 QURX_IN990113NL of legacy pharmacy systems; each dispense is read
// as TA and MVE: https://informatiestandaarden.nictiz.nl/wiki/mp:Vkickstart_MigratieHybride
import { GatewayError } from '../../errors.ts';
import { coded } from './adaParts.ts';
import {
  type Author,
  type Code,
  dosingAtSource,
  genericTreatment,
  type Medicine,
  recordKey,
} from './block.ts';
import { hl7Time, periodOfUse } from './hl7Times.ts';
import { durationIn, periodOf, type WrittenPeriod } from './period.ts';
import { type FoundBlock, keep, momentOf, passOver, type Reading, startReading } from './reading.ts';
import { isTree, present, type Tree, textOf, tree, trees } from './tree.ts';

/** A parsed 6.12 message (`parseXmlSource` gives its tree), and where it came from. */
export type Content612 = { document: Tree; place?: string };

/** A dispense is no agreement: the agreement that it stands for gets an identifier made from that of the dispense. */
const agreementRoot = '1.3.6.1.4.1.58606.1.1';

type Found = { lists: Tree[]; answers: Tree[] };

/** Lists of dispenses and query answers, however they are wrapped: alone, in one message, or in a batch of messages. */
function search(node: Tree, found: Found = { lists: [], answers: [] }): Found {
  if (trees(node.component).some((one) => isTree(one.medicationDispenseEvent))) found.lists.push(node);
  else if (isTree(node.MedicationDispenseList) && node.MedicationDispenseList.component === undefined)
    found.lists.push(node.MedicationDispenseList);
  if (isTree(node.ControlActProcess)) found.answers.push(node);
  for (const [name, value] of Object.entries(node))
    if (name !== 'medicationDispenseEvent') for (const child of trees(value)) search(child, found);
  return found;
}

/** Is this the tree of a 6.12 message: a dispense list, or an answer without one? */
export function is612(document: Tree): boolean {
  const { lists, answers } = search(document);
  return lists.length > 0 || answers.length > 0;
}

/**
 * The building blocks of 6.12 messages of one pharmacy: a TA and an MVE per dispense, under the generic treatment
 * identifier that the standard prescribes (by PRK, else by HPK, else by the dispense).
 * @throws GatewayError unprocessable for what is no 6.12 message, and for an answer that reports an error
 */
export function read612(contents: readonly Content612[], holder: string): Reading {
  const reading = startReading(holder);
  for (const { document, place = '' } of contents) {
    const { lists, answers } = search(document);
    if (lists.length + answers.length === 0)
      throw new GatewayError('unprocessable', 'The XML is not a 6.12 message with dispenses');
    for (const answer of answers) checkAnswer(answer, reading, place);
    lists.forEach((list, index) => {
      readList(list, reading, `${place === '' ? '' : `${place}/`}MedicationDispenseList[${index}]`);
    });
  }
  return reading;
}

const refusals = new Set(['AE', 'AR', 'QE']);

function checkAnswer(answer: Tree, reading: Reading, place: string): void {
  const query = tree(tree(answer.ControlActProcess)?.queryAck);
  const codes = [
    ...trees(answer.acknowledgement).map(({ typeCode }) => typeCode),
    tree(query?.queryResponseCode)?.code,
  ];
  if (codes.some((code) => typeof code === 'string' && refusals.has(code)))
    throw new GatewayError('unprocessable', 'The 6.12 answer reports an error', { reason: 'error-answer' });
  const rest = Number(textOf(tree(query?.resultRemainingQuantity)?.value) ?? 0);
  if (rest > 0) passOver(reading, 'list-incomplete', { place: `${place}queryAck`, detail: String(rest) });
}

const bsnRoot = '2.16.840.1.113883.2.4.6.3';

function readList(list: Tree, reading: Reading, place: string): void {
  const ids = trees(tree(tree(list.subject)?.Patient)?.id);
  const bsn = textOf(ids.find(({ root }) => root === bsnRoot)?.extension);
  const patient = bsn === undefined ? undefined : `http://fhir.nl/fhir/NamingSystem/bsn|${bsn}`;
  if (patient !== undefined) reading.patients.add(patient);
  const events = trees(list.component).flatMap((one) => trees(one.medicationDispenseEvent));
  events.forEach((event, index) => {
    const at = { place: `${place}/medicationDispenseEvent[${index}]`, patient };
    for (const found of blocksFrom(event, at)) keep(reading, found);
  });
}

type At = { place: string; patient: string | undefined };

/** `root` before the dispense's own, `system|value`; absent for identifiers that say nothing. */
function identifierOf(element: unknown, before = ''): string | undefined {
  const id = trees(element).find(({ extension }) => textOf(extension) !== undefined);
  const [root, extension] = [textOf(id?.root) ?? '', textOf(id?.extension)];
  return extension === undefined ? undefined : recordKey(before + root, extension);
}

function blocksFrom(event: Tree, { place, patient }: At): FoundBlock[] {
  const unreadable: string[] = [];
  const dispensed = tree(tree(event.product)?.dispensedMedication) ?? {};
  const requests = trees(dispensed.therapeuticAgentOf).flatMap((one) =>
    trees(one.medicationAdministrationRequest),
  );
  const medicine = medicineOf(tree(dispensed.MedicationKind));
  const record = identifierOf(event.id);
  const handed = hl7Time(tree(event.effectiveTime)?.value);
  const prescription = identifierOf(tree(tree(dispensed.directTargetOf)?.prescription)?.id);
  const prescribed = prescription === undefined ? [] : [prescription];
  const shared = {
    patient,
    treatment: record === undefined ? undefined : genericTreatment(medicine, record),
    registered: momentOf(handed, unreadable),
    medicine,
    author: supplierOf(event),
    enteredInError: tree(event.statusCode)?.code === 'nullified',
    unreadable,
  };
  const agreement = {
    ...shared,
    kind: 'TA',
    place,
    record: identifierOf(event.id, `${agreementRoot}.`),
    period: periodOf(periodOfUse(requests)),
    relations: prescribed.length === 0 ? {} : { MA: prescribed },
    dosage: instructionOf(requests),
    route: routeOf(requests),
  };
  const use = tree(tree(event.expectedUseTime)?.width);
  const supply = present<WrittenPeriod>({ start: handed, ...durationIn(use?.value, use?.unit) });
  const dispense = {
    ...shared,
    kind: 'MVE',
    place,
    record,
    period: periodOf(supply),
    relations: prescribed.length === 0 ? {} : { VV: prescribed },
    done: momentOf(handed, []),
    unreadable: [],
  };
  return [present<FoundBlock>(agreement as FoundBlock), present<FoundBlock>(dispense as FoundBlock)];
}

const ownText = (element: unknown): string | undefined => textOf(tree(element)?.['#text']);

function medicineOf(kind: Tree | undefined): Medicine {
  const code = tree(kind?.code);
  const codes = code ? [code, ...trees(code.translation)].flatMap(coded) : [];
  const named = codes.map(({ display }) => display).find((display) => display !== undefined);
  const text = ownText(code?.originalText) ?? named ?? ownText(kind?.name) ?? ownText(kind?.desc) ?? '';
  return { text: textOf(code?.displayName) ?? text, codes };
}

/** Each text once: a dispense has a request for every part of its schedule. */
function instructionOf(requests: readonly Tree[]): string | undefined {
  const texts = new Set(requests.map(({ text }) => ownText(text)).filter((text) => text !== undefined));
  const untold = requests.length === 0 ? undefined : dosingAtSource;
  return texts.size === 0 ? untold : [...texts].join('; ');
}

const routeOf = (requests: readonly Tree[]): Code | undefined =>
  requests.flatMap(({ routeCode }) => trees(routeCode).flatMap(coded))[0];

function supplierOf(event: Tree): Author | undefined {
  const responsible = tree(tree(event.responsibleParty)?.assignedCareProvider);
  const performer = tree(tree(event.performer)?.assignedPerson);
  const organisation = tree(responsible?.representedOrganization) ?? tree(performer?.representedOrganization);
  const name = ownText(organisation?.name);
  return name === undefined ? undefined : { organisation: name };
}
