// What is the medication exchange? MP9 (R4): one overview of what all holders know, the standard's searches, records kept here, and a push.
// https://informatiestandaarden.nictiz.nl/wiki/Landingspagina_Medicatieproces
import { askedBy, gives } from '../asking/operationParameters.ts';
import type { Exchange } from '../exchange.ts';
import { pushCancellation } from '../pushing/pushedCancel.ts';
import { patientOfPushed, pushReads } from '../pushing/pushedServe.ts';
import { answerOverview } from './answerOverview.ts';
import { askedParameters, overviewType } from './askOverview.ts';
import { pushMedication, pushParameters } from './push.ts';
import { medicationSearches } from './queries.ts';
import { medicationRegistration } from './register.ts';

export const medication: Exchange = {
  name: 'medication',
  title: 'Medication overview (MP9)',
  patientOf: patientOfPushed,
  transactions: [
    {
      name: 'overview',
      version: 'r4',
      method: 'POST',
      path: ['$medication-overview'],
      interaction: {
        kind: 'operation',
        name: 'medication-overview',
        parameters: [
          ...askedBy(askedParameters),
          gives('return', 'Bundle', 'The overview with its building blocks, and who is missing.'),
        ],
      },
      resourceTypes: [],
      native: overviewType,
      documentation:
        'One overview of one patient (BSN in the body), consolidated from all data holders, with its building blocks and who is missing.',
      answer: answerOverview,
    },
    {
      name: 'push',
      version: 'r4',
      method: 'POST',
      path: ['$push-medication'],
      interaction: {
        kind: 'operation',
        name: 'push-medication',
        parameters: [
          ...askedBy(pushParameters, ['receiver']),
          {
            name: 'content',
            type: 'Bundle',
            documentation: "The caller's own building blocks; then only `receiver` and `case` go with it.",
          },
          gives('return', 'OperationOutcome', 'What was remarked on.'),
        ],
      },
      resourceTypes: [],
      documentation:
        "Gives an overview, or the caller's own building blocks, to one receiver: 202 with the Location of its Task.",
      takes: 'records',
      profileChecks: (settings) => (settings.medication.profileChecks === 'off' ? 'off' : 'warn'),
      answer: pushMedication,
    },
    ...pushReads({ exchange: 'medication', title: 'Medication' }),
    pushCancellation({ exchange: 'medication', title: 'Medication' }),
    ...medicationSearches,
    ...medicationRegistration,
  ],
};
