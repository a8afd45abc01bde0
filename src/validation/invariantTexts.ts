// How are the invariants of the specification said in Dutch? Those that content breaks often; the others are in English only.
import type { Constraint } from './profile.ts';
import type { Text } from './texts.ts';

const dutch: Readonly<Record<string, string>> = {
  'att-1': 'Een bijlage met inhoud zegt ook van welk mediatype zij is.',
  'bdl-1': 'Een totaal hoort alleen bij een zoekresultaat of geschiedenis.',
  'bdl-2': 'Zoekgegevens horen alleen bij een entry van een zoekresultaat.',
  'bdl-3': 'Een opdracht hoort bij elke entry van een transactie, batch of geschiedenis, en nergens anders.',
  'bdl-4':
    'Een antwoord hoort bij elke entry van een antwoord op een transactie of batch, en nergens anders.',
  'bdl-5': 'Een entry heeft een resource, opdracht of antwoord.',
  'bdl-7': 'Elk adres (fullUrl) komt in een Bundle één keer voor.',
  'bdl-8': 'Een fullUrl noemt geen versie.',
  'bdl-9': 'Een document heeft een identificatie met systeem en waarde.',
  'bdl-10': 'Een document heeft een tijdstip.',
  'bdl-11': 'Een document begint met een Composition.',
  'bdl-12': 'Een bericht begint met een MessageHeader.',
  'cmp-1': 'Een sectie heeft tekst, onderdelen of secties.',
  'cmp-2': 'Een reden voor leegte hoort alleen bij een lege sectie.',
  'con-3': 'Bij deze klacht of diagnose hoort een klinische status.',
  'con-4': 'Een beëindigde klacht of diagnose is niet meer actief.',
  'con-5': 'Een foutief ingevoerde klacht of diagnose heeft geen klinische status.',
  'cpt-2': 'Een contactgegeven met een waarde zegt ook van welk soort het is.',
  'dom-6': 'Een resource hoort een leesbare tekst te hebben.',
  'obs-3': 'Een referentiewaarde heeft een ondergrens, bovengrens of tekst.',
  'obs-6': 'Een reden van ontbreken hoort alleen bij een waarneming zonder waarde.',
  'obs-7': 'Staat de code van de waarneming ook bij een onderdeel, dan heeft de waarneming zelf geen waarde.',
  'pat-1': 'Een contactpersoon heeft een naam, adres, telefoonnummer of organisatie.',
  'per-1': 'Het begin van een periode ligt niet na het einde.',
  'ppc-1': 'Een Consent noemt een beleid of beleidsregel.',
  'qty-3': 'Een eenheid met code zegt ook uit welk stelsel die code is.',
  'rat-1': 'Een verhouding heeft een teller en een noemer, of geen van beide.',
  'rng-2': 'De ondergrens ligt niet boven de bovengrens.',
  'tim-1': 'Bij een duur hoort een eenheid.',
  'tim-2': 'Bij een periode hoort een eenheid.',
  'txt-1': 'Een leesbare tekst heeft alleen opmaak die FHIR toestaat, zonder script.',
  'txt-2': 'Een leesbare tekst is niet leeg.',
};

/** For definitions whose own text is not kept here (STU3) and whose expression says nothing to a person. */
const english: Readonly<Record<string, string>> = {
  'txt-1': 'A narrative has only the formatting that FHIR allows, and no script.',
  'txt-2': 'A narrative is not empty.',
};

/** What the invariant says to a person. */
export function humanOf({ key, human, humanNl }: Constraint): Partial<Text> {
  const nl = humanNl ?? dutch[key];
  const en = human ?? english[key];
  return { ...(en === undefined ? {} : { en }), ...(nl === undefined ? {} : { nl }) };
}
