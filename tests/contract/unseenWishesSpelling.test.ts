// Does the crew card come out right for patients whose systems spell wishes in ways that no sample of ours had? By the ten rules of PZP reading.
import { describe, expect, it } from 'vitest';
import { printXml } from '../../src/fhir/xml.ts';
import type { FhirResource } from '../../src/model.ts';
import {
  bundle,
  coding,
  day,
  form,
  goal,
  group,
  item,
  livingWills,
  nullFlavors,
  permittedSystem,
  stu3Form,
  stu3Statement,
} from '../world/unseenWishes.ts';
import {
  changed,
  codes,
  patient,
  r4Directive,
  r4Statement,
  specificationOther,
  stu3Directive,
} from '../world/wishes.ts';
import { cardOf, findingsOn, textOn, toldLines } from './cardStage.ts';

const besluit = 'urn:oid:2.16.840.1.113883.2.4.3.11.60.40.4.25.1';
const of = (...files: readonly (string | FhirResource)[]) => cardOf({ gp: [patient(), ...files] });
const lines = async (...files: readonly (string | FhirResource)[]) => toldLines(await of(...files));
const formOf = (...items: Parameters<typeof form>[1][]) =>
  form('https://api.iknl.nl/docs/pzp/r4/Questionnaire/ACP-zib2020|1.0.0-rc3', ...items);

const prefixed = `<?xml version="1.0" encoding="UTF-8"?>
<!-- an export -->
<f:Bundle xmlns:f="http://hl7.org/fhir" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
  <f:type value="searchset"/>
  <f:entry><f:fullUrl value="urn:uuid:11111111-1111-4111-8111-111111111111"/><f:resource><f:Consent>
    <f:status value="active"/>
    <f:scope><f:coding><f:system value="http://terminology.hl7.org/CodeSystem/consentscope"/><f:code value="treatment"/></f:coding></f:scope>
    <f:category><f:coding><f:system value="http://snomed.info/sct"/><f:code value="129125009"/></f:coding></f:category>
    <f:patient><f:reference value="Patient/p1"/></f:patient>
    <f:dateTime value="2025-07"/>
    <f:provision><f:type value="deny"/>
      <f:code><f:coding><f:system value="http://snomed.info/sct"/><f:code value="305351004"/></f:coding></f:code>
    </f:provision>
  </f:Consent></f:resource></f:entry>
</f:Bundle>`;

describe('a file', () => {
  it('of XML with a prefix, comments and a Bundle in a Bundle is read; a month is a date', async () => {
    expect(await lines(prefixed)).toEqual(['icu do_not none 2025-07 gp']);
    const nested = bundle('searchset', bundle('document', r4Directive(codes.cpr, 'deny', '2025')));
    expect(await lines(nested)).toEqual(['cpr do_not none 2025 gp']);
  });

  it('of STU3 XML is read as STU3: a yes-but is conditional though except says deny', async () => {
    const limit = 'alleen als er iemand bij is';
    const consent = stu3Directive(codes.cpr, 'JA_MAAR', { start: '2024-02-29', limit });
    const card = await of(printXml(consent, 'stu3'));
    expect(toldLines(card)).toEqual(['cpr conditional none 2024-02-29 gp']);
    expect(textOn(card, 'cpr')).toBe(limit);
    const filled = stu3Form(
      item('385', day('2025-01-02')),
      group('83', item('588', coding('NEE', permittedSystem))),
    );
    expect(await lines(printXml(filled, 'stu3'))).toEqual(['ventilation do_not none 2025-01-02 gp']);
  });

  it('of Parameters, as an operation answers, is read like a Bundle', async () => {
    const parameters: FhirResource = {
      resourceType: 'Parameters',
      parameter: [{ name: 'return', resource: bundle('collection', r4Directive(codes.icu, 'deny', '2025')) }],
    };
    expect(await lines(parameters)).toEqual(['icu do_not none 2025 gp']);
  });
});

describe('a decision', () => {
  it('that is no decision is unknown, in each code and text for it', async () => {
    for (const code of ['UNK', 'NASK', 'ASKU']) {
      const consent = stu3Directive(codes.icu, code, { start: '2025-01-01' });
      expect(await lines(consent)).toEqual(['icu unknown none 2025-01-01 gp']);
    }
    for (const other of ['Onbekend', 'NIET BESPROKEN.', 'Nee,  nog geen besluit genomen'])
      expect(await lines(r4Directive(codes.icu, { other }, '2025-01-01'))).toEqual([
        'icu unknown none 2025-01-01 gp',
      ]);
    const bare = await of(r4Directive(codes.icu, undefined, '2025-01-01'));
    expect([toldLines(bare), findingsOn(bare)]).toEqual([
      ['icu unknown none 2025-01-01 gp'],
      ['no-decision'],
    ]);
  });

  it('beside free text follows the text: a limit is conditional, "Onbekend" is unknown', async () => {
    const with_ = (text: string) =>
      changed(r4Directive(codes.icu, 'permit', '2025-01-01'), {
        modifierExtension: [{ url: specificationOther, valueString: text }],
      });
    expect(await lines(with_('hooguit drie dagen'))).toEqual(['icu conditional none 2025-01-01 gp']);
    expect(await lines(with_('Onbekend'))).toEqual(['icu unknown none 2025-01-01 gp']);
  });

  it('is read from codes alone: other displays, a local coding first, an OID without its prefix', async () => {
    const local = {
      coding: [
        { system: 'urn:oid:1.2.840.114350.1.13', code: '7', display: 'Beademen: ja' },
        { system: 'http://snomed.info/sct', code: codes.ventilation, display: 'Artificial respiration' },
      ],
      text: 'Beademing',
    };
    const bare = changed(stu3Directive(local, 'NEE', { start: '2025-01-01' }), {
      modifierExtension: [
        {
          url: 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-TreatmentPermitted',
          valueCodeableConcept: {
            coding: [{ system: permittedSystem.slice('urn:oid:'.length), code: 'NEE', display: 'No' }],
          },
        },
      ],
    });
    expect(await lines(bare)).toEqual(['ventilation do_not none 2025-01-01 gp']);
  });

  it('with a modifier that nobody here knows is not interpreted, of a form and its answers too', async () => {
    const modifierExtension = [{ url: 'https://vendor.example/negated', valueBoolean: true }];
    const answers = (more: object) => group('1409', { ...item('1386', coding('0', besluit)), ...more });
    for (const filled of [
      changed(formOf(item('963', day('2025-01-01')), answers({})), { modifierExtension }),
      formOf(item('963', day('2025-01-01')), answers({ modifierExtension })),
    ]) {
      const card = await of(filled);
      expect(toldLines(card)).toEqual(['cpr unknown none 2025-01-01 gp not_interpreted']);
      expect(findingsOn(card)).toContain('modifier-unknown');
      expect(textOn(card, 'cpr')).toContain('vendor.example/negated');
    }
  });
});

describe('a treatment', () => {
  const oth = (text: string, system: string = nullFlavors.r4) => ({
    coding: [{ system, code: 'OTH' }],
    text,
  });

  it('in words alone is the ICD where the words hold its code, else the words', async () => {
    const icd = oth('uitzetten cardioverter-defibrillator (SNOMED CT - 400231000146108)');
    expect(await lines(r4Directive(icd, 'permit', '2025-01-01'))).toEqual(['icd_off do none 2025-01-01 gp']);
    const fed = oth('toedienen van enterale voeding (SNOMED CT - 229912004)', nullFlavors.stu3);
    expect(await lines(stu3Directive(fed, 'NEE', { start: '2025-01-01' }))).toEqual([
      'other:toedienen van enterale voeding (SNOMED CT - 229912004) do_not none 2025-01-01 gp',
    ]);
    expect(await lines(r4Directive(oth('Dialyse in het ziekenhuis'), 'deny', '2025-01-01'))).toEqual([
      'other:Dialyse in het ziekenhuis do_not none 2025-01-01 gp',
    ]);
  });

  it('of a form that its list does not have is named beside the answer', async () => {
    const asked = (treatment: object | string) =>
      formOf(
        item('963', day('2025-01-01')),
        group('1421', item('1422', treatment), item('1402', coding('2', besluit))),
      );
    expect(await lines(asked('Dialyse'))).toEqual(['other:Dialyse do_not none 2025-01-01 gp']);
    expect(await lines(asked(coding('229912004', 'http://snomed.info/sct', 'Enterale voeding')))).toEqual([
      'other:Enterale voeding do_not none 2025-01-01 gp',
    ]);
  });
});

describe('a form', () => {
  const rc3 = () =>
    formOf(
      item('963', day('2025-11-17T10:30:00+01:00')),
      group('1652', item('82', true)),
      item('1651', false, item('1407', 'wisselend')),
      group('29', item('973', 'Joris'), item('975', 'Smit'), item('977', '06-11223344'), item('984', true)),
      group('1408', item('999', coding('713148004', 'http://snomed.info/sct'))),
      group('1409', item('1386', coding('2', besluit))),
      group('1413', item('1390', coding('1', besluit), item('1391', 'alleen bij een longontsteking'))),
      group('1425', item('1005', coding('ASKU', nullFlavors.r4), item('1010', 'denkt na'))),
    );

  it('of rc3 with booleans says all that one of rc2 says', async () => {
    const card = await of(rc3());
    expect(toldLines(card)).toEqual([
      'cpr do_not none 2025-11-17 gp',
      'icu conditional none 2025-11-17 gp',
      'icd_off unknown none 2025-11-17 gp',
    ]);
    expect([textOn(card, 'icu'), textOn(card, 'icd_off')]).toEqual([
      'alleen bij een longontsteking',
      'denkt na',
    ]);
    expect(card).toMatchObject({
      goal: { key: 'symptom_relief', date: '2025-11-17' },
      capacity: { capable: false, comment: 'wisselend' },
      representatives: [{ name: 'Joris Smit', phone: '06-11223344', roles: ['01', '24'] }],
    });
  });

  it('is known by its questions without a questionnaire, and by the older address of STU3', async () => {
    const { questionnaire: _, ...bare } = rc3();
    expect(await lines(bare)).toHaveLength(3);
    const old = changed(
      stu3Form(item('385', day('2024-05-06')), item('587', coding('JA_MAAR'), item('122', 'op de OK'))),
      { questionnaire: { reference: 'https://fhir.iknl.nl/fhir/Questionnaire/ACP-zib2017' } },
    );
    const card = await of(old);
    expect(toldLines(card)).toEqual(['cpr conditional none 2024-05-06 gp']);
    expect(textOn(card, 'cpr')).toBe('op de OK');
  });

  it('with the limit beside its question instead of in it still gives the limit', async () => {
    const card = await of(
      formOf(
        item('963', day('2025-01-01')),
        group(
          '1409',
          item('1386', coding('1', besluit)),
          item('1001', 'niet thuis'),
          item('1002', 'besproken'),
        ),
      ),
    );
    expect(toldLines(card)).toEqual(['cpr conditional none 2025-01-01 gp']);
    expect(textOn(card, 'cpr')).toBe('niet thuis | besproken');
  });

  it('that is not finished does not count; one that was amended does', async () => {
    expect(await lines(changed(rc3(), { status: 'amended' }))).toHaveLength(3);
    expect(await lines(changed(rc3(), { status: 'in-progress' }))).toEqual([
      'cpr no_record none - -',
      'icu no_record none - -',
      'icd_off no_record none - -',
    ]);
  });
});

describe('a do-not-resuscitate statement', () => {
  it('is seen by its code, as a treatment of its own too, and by words where the list has none', async () => {
    const medal = { coding: [{ system: nullFlavors.r4, code: 'OTH' }], text: 'Niet-reanimerenpenning' };
    const treatment = {
      url: 'http://nictiz.nl/fhir/StructureDefinition/zib-TreatmentDirective-Treatment',
      valueCodeableConcept: { coding: [{ system: livingWills, code: 'NR' }] },
    };
    for (const statement of [
      r4Statement('NR', '2025-04-28'),
      stu3Statement('NR', '2025-04-28'),
      stu3Statement('NR', '2025-04-28', { extension: [treatment] }),
      r4Statement('', '2025-04-28', { provision: { code: [medal] } }),
    ])
      expect(await lines(statement)).toEqual(['cpr do_not none 2025-04-28 gp']);
  });

  it('of another kind decides nothing, and is listed', async () => {
    const card = await of(stu3Statement('EU', '2025-04-28'), r4Statement('VERB', '2024-01-01'));
    expect(toldLines(card)).toEqual([]);
    expect(card.statements.map(({ date }) => date)).toEqual(['2025-04-28', '2024-01-01']);
  });
});

describe('a goal', () => {
  it('is read without a category, with the older code, and by either of its dates', async () => {
    const old = goal('225353007', { category: undefined, statusDate: '2025-01-01' });
    const { goal: read } = await of(
      old,
      goal('385987000', { startDate: '2020-01-01', statusDate: '2025-06-01' }),
    );
    expect(read).toMatchObject({ key: 'symptom_relief', date: '2025-01-01', conflict: 'weak' });
  });
});
