// How fast does a map run? The same map on the same record: our engine, @medplum/core's structureMapTransform, an equal
// JSONata expression, hand-written TypeScript; then a Bundle of up to 10,000 elements, which must take linear time.
import { parseMappingLanguage, structureMapTransform } from '@medplum/core';
import jsonata from 'jsonata';
import { compileMap } from '../src/mapping/compileMap.ts';
import { runMap } from '../src/mapping/runMap.ts';
import { countArgument } from './arguments.ts';

const text = `map "http://example.org/bench/patient" = "patient"
uses "http://example.org/bench/Record" alias Record as source
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target

group Patient(source src : Record, target tgt : Patient) {
  src.number as v -> tgt.id = v "id";
  src.bsn as v -> tgt.identifier as i, i.system = 'http://fhir.nl/fhir/NamingSystem/bsn', i.value = v "bsn";
  src -> tgt.active = true "active";
  src -> tgt.name as name then {
    src.family as v -> name.family = v "family";
    src.given as v -> name.given = v "given";
    src -> name.use = 'official' "use";
  } "name";
  src.gender as v where $this = 'M' -> tgt.gender = 'male' "male";
  src.gender as v where $this = 'V' -> tgt.gender = 'female' "female";
  src.born as v -> tgt.birthDate = v "born";
  src.phone as v -> tgt.telecom as t, t.system = 'phone', t.value = v "phone";
  src.street as street -> tgt.address as a then {
    src.street as v -> a.line = v "street";
    src.postcode as v -> a.postalCode = v "postcode";
    src.city as v -> a.city = v "city";
    src -> a.country = 'NL' "country";
  } "address";
}
`;

const record = {
  number: 'p1',
  bsn: '999911612',
  family: 'Jansen',
  given: ['Jan', 'Pieter'],
  gender: 'M',
  born: '1950-03-04',
  phone: '+31201234567',
  street: 'Kerkstraat 1',
  postcode: '1234AB',
  city: 'Utrecht',
};

type Source = typeof record;

const expression = `{
  "resourceType": "Patient",
  "id": number,
  "identifier": [{ "system": "http://fhir.nl/fhir/NamingSystem/bsn", "value": bsn }],
  "active": true,
  "name": [{ "family": family, "given": given, "use": "official" }],
  "gender": gender = "M" ? "male" : gender = "V" ? "female",
  "birthDate": born,
  "telecom": [{ "system": "phone", "value": phone }],
  "address": [{ "line": [street], "postalCode": postcode, "city": city, "country": "NL" }]
}`;

const byHand = (source: Source): unknown => ({
  resourceType: 'Patient',
  id: source.number,
  identifier: [{ system: 'http://fhir.nl/fhir/NamingSystem/bsn', value: source.bsn }],
  active: true,
  name: [{ family: source.family, given: [...source.given], use: 'official' }],
  ...(source.gender === 'M' ? { gender: 'male' } : source.gender === 'V' ? { gender: 'female' } : {}),
  birthDate: source.born,
  telecom: [{ system: 'phone', value: source.phone }],
  address: [{ line: [source.street], postalCode: source.postcode, city: source.city, country: 'NL' }],
});

const seconds = countArgument(0, 2, 'npm run bench:mapping [-- SECONDS]');
const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'bench' };

type Peer = { name: string; once: () => unknown };

const rate = async ({ once }: Peer): Promise<number> => {
  const until = (duration: number): Promise<number> | number => {
    const start = performance.now();
    let runs = 0;
    let elapsed = 0;
    while (elapsed < duration * 1000) {
      for (let index = 0; index < 50; index += 1) once();
      runs += 50;
      elapsed = performance.now() - start;
    }
    return (runs / elapsed) * 1000;
  };
  await until(seconds / 4);
  return until(seconds);
};

const rateAsync = async (once: () => Promise<unknown>): Promise<number> => {
  let best = 0;
  for (const duration of [seconds / 4, seconds]) {
    const start = performance.now();
    let runs = 0;
    while (performance.now() - start < duration * 1000) {
      for (let index = 0; index < 50; index += 1) await once();
      runs += 50;
    }
    best = (runs / (performance.now() - start)) * 1000;
  }
  return best;
};

const compiled = compileMap({ name: 'patient', maps: [{ file: 'patient.map', text }] });
const parsed = parseMappingLanguage(text);
const query = jsonata(expression);

const same = (actual: unknown): string => {
  const order = (value: unknown): unknown =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(
          Object.entries(value)
            .map(([key, child]): [string, unknown] => [key, order(child)])
            .sort(([a], [b]) => a.localeCompare(b)),
        )
      : Array.isArray(value)
        ? value.map(order)
        : value;
  return JSON.stringify(order(actual)) === JSON.stringify(order(byHand(record))) ? 'equal' : 'differs';
};

const medplum = (): unknown => structureMapTransform(parsed, [{ type: 'Record', value: record }])[0]?.value;
const ours = (): unknown => runMap(compiled, record, settings).target;
const traced = (): unknown => runMap(compiled, record, { ...settings, trace: true, coverage: true }).target;

const figures = [
  {
    name: 'hand-written TypeScript',
    rate: await rate({ name: '', once: () => byHand(record) }),
    result: same(byHand(record)),
  },
  { name: 'Sluis', rate: await rate({ name: '', once: ours }), result: same(ours()) },
  {
    name: 'Sluis with trace and coverage',
    rate: await rate({ name: '', once: traced }),
    result: same(traced()),
  },
  {
    name: 'JSONata',
    rate: await rateAsync(() => query.evaluate(record)),
    result: same(await query.evaluate(record)),
  },
  { name: 'structureMapTransform', rate: await rate({ name: '', once: medplum }), result: same(medplum()) },
];

const own = figures[1]?.rate ?? 0;
const count = new Intl.NumberFormat('en', { maximumFractionDigits: 0 });
console.log('One flat record to a Patient (runs a second, one core)\n');
for (const { name, rate: value, result } of figures) {
  const ratio = own / value;
  const shown = ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(2);
  console.log(
    `${name.padEnd(32)}${count.format(value).padStart(12)}   Sluis is ${shown} times this   result ${result}`,
  );
}

const bundleMap = compileMap({
  name: 'bundle',
  maps: [
    {
      file: 'bundle.map',
      text: `map "http://example.org/bench/bundle" = "bundle"
uses "http://example.org/bench/Records" alias Records as source
uses "http://hl7.org/fhir/StructureDefinition/Bundle" alias Bundle as target
uses "http://hl7.org/fhir/StructureDefinition/Patient" alias Patient as target
imports "http://example.org/bench/patient"
group main(source src : Records, target bundle : Bundle) {
  src -> bundle.type = 'collection';
  src.record as r -> bundle.entry as e, e.resource = create('Patient') as p then Patient(r, p);
  src.record as r where r.friend.exists() -> bundle.link as l, l.relation = 'friend', l.url = evaluate(r.friend, withId($this).number);
}`,
    },
    { file: 'patient.map', text },
  ],
});

console.log('\nA list of records to a Bundle, each record looking up another one\n');
for (const size of [10, 100, 1000, 10_000]) {
  const source = {
    record: Array.from({ length: size }, (_, index) => ({
      ...record,
      id: `r${index}`,
      number: `p${index}`,
      friend: `r${(index * 7) % size}`,
    })),
  };
  const repeats = Math.max(3, Math.round(20_000 / size));
  for (let index = 0; index < repeats / 2; index += 1) runMap(bundleMap, source, settings);
  const start = performance.now();
  for (let index = 0; index < repeats; index += 1) runMap(bundleMap, source, settings);
  const each = (performance.now() - start) / repeats;
  const micro = (each * 1000) / size;
  console.log(
    `${count.format(size).padStart(7)} records ${each.toFixed(2).padStart(9)} ms   ${micro.toFixed(2)} µs a record`,
  );
}
