// What does a legacy pharmacy answer? 6.12 dispense lists for tests, written by ourselves after the message's definition.

export type Dispensed = {
  id: string;
  /** `20231201`. */
  on: string;
  prk?: string;
  hpk?: string;
  name: string;
  text?: string;
  /** Days that the supply lasts. */
  days?: number;
  /** XML of an effectiveTime. */
  schedule?: string;
  prescription?: string;
  status?: string;
};

const code = (system: string, value: string | undefined): string =>
  value === undefined ? '' : `<translation code="${value}" codeSystem="${system}"/>`;

function eventOf({ id, on, prk, hpk, name, text, days, schedule, prescription, status }: Dispensed): string {
  const width = days === undefined ? '' : `<width value="${days}" unit="d"/>`;
  const prescribed =
    prescription === undefined ? 'nullFlavor="UNK"' : `root="1.2.3.9" extension="${prescription}"`;
  return `<component><medicationDispenseEvent>
  <id root="1.2.3.4" extension="${id}"/><statusCode code="${status ?? 'completed'}"/><effectiveTime value="${on}"/>
  <quantity value="30"/><expectedUseTime>${width}</expectedUseTime>
  <performer><assignedPerson><id nullFlavor="MSK"/></assignedPerson></performer>
  <product><dispensedMedication>
    <MedicationKind><code nullFlavor="OTH"><originalText>${name}</originalText>
      ${code('2.16.840.1.113883.2.4.4.7', hpk)}${code('2.16.840.1.113883.2.4.4.10', prk)}</code></MedicationKind>
    <directTargetOf><prescription><id ${prescribed}/></prescription></directTargetOf>
    <therapeuticAgentOf><medicationAdministrationRequest>
      <text>${text ?? '1 x per dag 1 tablet'}</text><statusCode code="active"/>${schedule ?? ''}
      <routeCode code="9" codeSystem="2.16.840.1.113883.2.4.4.9" displayName="Oraal"/>
    </medicationAdministrationRequest></therapeuticAgentOf>
  </dispensedMedication></product>
  <responsibleParty><assignedCareProvider><representedOrganization>
    <id root="2.16.528.1.1007.3.3" extension="00000066"/><name>Apotheek Oud</name>
  </representedOrganization></assignedCareProvider></responsibleParty>
</medicationDispenseEvent></component>`;
}

/** One answer of a pharmacy about one patient. */
export const dispenseList = (
  bsn: string,
  dispenses: readonly Dispensed[],
  { result = 'OK', rest = 0 }: { result?: string; rest?: number } = {},
): string => `<QURX_IN990113NL xmlns="urn:hl7-org:v3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<acknowledgement typeCode="AA"/>
<ControlActProcess moodCode="EVN"><subject><MedicationDispenseList>
  <code codeSystem="2.16.840.1.113883.5.4" code="MEDLIST"/>
  <subject><Patient><id root="2.16.840.1.113883.2.4.6.3" extension="${bsn}"/></Patient></subject>
  ${dispenses.map(eventOf).join('\n')}
</MedicationDispenseList></subject>
<queryAck><queryResponseCode code="${result}"/><resultRemainingQuantity value="${rest}"/></queryAck>
</ControlActProcess></QURX_IN990113NL>`;

export const interval = (inside: string): string =>
  `<effectiveTime xsi:type="IVL_TS">${inside}</effectiveTime>`;
