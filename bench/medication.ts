// How fast is an overview made? One patient with 300 and with 3,000 building blocks, beside parse-and-print of the same input.
import { consolidate } from '../src/exchange/medication/consolidate.ts';
import { parseMedication, readMedication } from '../src/exchange/medication/readContent.ts';
import { readFhir } from '../src/exchange/medication/readFhir.ts';
import type { FhirResource } from '../src/model.ts';

const seconds = Number(process.env.BENCH_SECONDS ?? 2);
const base = 'http://nictiz.nl/fhir/StructureDefinition/';
const at = Date.UTC(2024, 0, 1, 12);

/** Processor seconds of this process: other work on the machine does not count. */
const processor = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};

function rate(run: () => void): number {
  for (let warm = 0; warm < 3; warm++) run();
  const start = processor();
  let done = 0;
  while (processor() - start < seconds) {
    run();
    done++;
  }
  return done / (processor() - start);
}

const identifier = (kind: string, value: string) => ({ system: `urn:oid:2.999.${kind.length}.1`, value });
const day = (back: number): string => new Date(at - back * 86_400_000).toISOString().slice(0, 10);

type Order = {
  treatment: number;
  kind: 'MA' | 'TA';
  name: string;
  prior?: string;
  start: number;
  stop?: boolean;
};

function block({ treatment, kind, name, prior, start, stop }: Order): FhirResource {
  const id = `${treatment}-${kind}-${name}`;
  const logical = (value: string, type: string) => ({
    type,
    identifier: identifier(kind, value),
    display: `relation to ${value}`,
  });
  const type = kind === 'MA' ? 'MedicationRequest' : 'MedicationDispense';
  const category = {
    coding: [{ system: 'http://snomed.info/sct', code: kind === 'MA' ? '33633005' : '422037009' }],
  };
  const period = {
    start: `${day(start)}T00:00:00+01:00`,
    ...(stop ? { end: `${day(2)}T23:59:59+01:00` } : {}),
  };
  return {
    resourceType: type,
    id,
    meta: { profile: [`${base}mp-${kind === 'MA' ? 'MedicationAgreement' : 'AdministrationAgreement'}`] },
    extension: [
      { url: `${base}ext-RegistrationDateTime`, valueDateTime: `${day(start)}T08:00:00+01:00` },
      { url: `${base}ext-RenderedDosageInstruction`, valueString: '2 times a day 1 piece, oral' },
      { url: `${base}ext-TimeInterval.Period`, valuePeriod: period },
      {
        url: `${base}ext-PharmaceuticalTreatment.Identifier`,
        valueIdentifier: identifier('treatment', `T${treatment}`),
      },
    ],
    ...(stop
      ? {
          modifierExtension: [
            {
              url: `${base}ext-StopType`,
              valueCodeableConcept: { coding: [{ system: 'http://snomed.info/sct', code: '410546004' }] },
            },
          ],
        }
      : {}),
    identifier: [identifier(kind, id)],
    status: 'unknown',
    ...(kind === 'MA' ? { intent: 'order', category: [category] } : { category }),
    medicationReference: { reference: `urn:uuid:product-${treatment}`, display: `Medicine ${treatment}` },
    subject: { reference: 'urn:uuid:patient', display: 'Patient' },
    ...(prior ? { priorPrescription: logical(`${treatment}-MA-${prior}`, 'MedicationRequest') } : {}),
    dosageInstruction: [
      {
        timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } },
        route: { coding: [{ system: 'urn:oid:2.16.840.1.113883.2.4.4.9', code: '9', display: 'Oral' }] },
        doseAndRate: [
          { doseQuantity: { value: 1, unit: 'piece', system: 'http://unitsofmeasure.org', code: '1' } },
        ],
      },
    ],
  };
}

/** Treatments of six blocks: an agreement, its technical stop and its change, each with an administration agreement. */
function bundle(count: number): Uint8Array {
  const entries: { fullUrl: string; resource: FhirResource }[] = [
    {
      fullUrl: 'urn:uuid:patient',
      resource: {
        resourceType: 'Patient',
        identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: '999900018' }],
      },
    },
  ];
  const add = (resource: FhirResource): void =>
    void entries.push({ fullUrl: `urn:uuid:${resource.id}`, resource });
  for (let treatment = 0; treatment < count / 6; treatment++) {
    const code = {
      coding: [
        {
          system: 'urn:oid:2.16.840.1.113883.2.4.4.10',
          code: String(treatment),
          display: `Medicine ${treatment}`,
        },
      ],
    };
    entries.push({
      fullUrl: `urn:uuid:product-${treatment}`,
      resource: { resourceType: 'Medication', id: `product-${treatment}`, code },
    });
    for (const kind of ['MA', 'TA'] as const) {
      add(block({ treatment, kind, name: 'first', start: 20 }));
      add(block({ treatment, kind, name: 'stop', prior: 'first', start: 20, stop: true }));
      add(block({ treatment, kind, name: 'change', prior: 'first', start: 1 }));
    }
  }
  return Buffer.from(JSON.stringify({ resourceType: 'Bundle', type: 'searchset', entry: entries }));
}

const line = (name: string, value: string): void => console.log(`${name.padEnd(64)} ${value.padStart(12)}`);
const perSecond = (value: number): string => `${value.toFixed(1)}/s`;

function measure(count: number): number {
  const bytes = bundle(count);
  const text = Buffer.from(bytes).toString('utf8');
  const bare = rate(() => void JSON.stringify(JSON.parse(text)));
  const resource = JSON.parse(text) as FhirResource;
  const answerOf = ({ blocks, findings }: ReturnType<typeof readFhir>) =>
    [{ holder: 'a', outcome: 'answered', blocks, findings }] as const;
  const overview = rate(() => void consolidate(answerOf(readFhir([{ resource }], 'a')), { at }));
  const whole = rate(() => {
    const made = consolidate(answerOf(readMedication([parseMedication(bytes)], 'a')), { at });
    JSON.stringify(made);
  });
  const size = `${count.toLocaleString('en')} building blocks, ${Math.round(bytes.length / 1000)} kB`;
  line(`${size}: JSON parse and print`, perSecond(bare));
  line('  overview from resources (read, consolidate)', perSecond(overview));
  line('  overview from bytes to bytes (strict parse, read, consolidate, print)', perSecond(whole));
  line('  overview : parse and print', (overview / bare).toFixed(2));
  line('  from bytes to bytes : parse and print', (whole / bare).toFixed(2));
  return overview;
}

const small = measure(300);
const large = measure(3000);
line('time for ten times the blocks (10 is linear)', (small / large).toFixed(1));
