// What is the consent exchange? A regional consent facility, or a holder, registers what a patient has decided.
// Records are FHIR R4 Consents of scope patient-privacy: http://hl7.org/fhir/R4/consent.html
import { gives } from '../asking/operationParameters.ts';
import type { Exchange } from '../exchange.ts';
import { register, withdraw } from './records.ts';

export const consent: Exchange = {
  name: 'consent',
  title: 'Consents and objections of patients, as a regional consent facility feeds them',
  transactions: [
    {
      name: 'register',
      version: 'r4',
      method: 'POST',
      path: ['$register-consent'],
      interaction: {
        kind: 'operation',
        name: 'register-consent',
        parameters: [
          {
            name: 'consent',
            type: 'Consent',
            min: 1,
            documentation: 'The Consent; it may also be the body itself.',
          },
          gives('id', 'id', 'Its id here.'),
          gives('replaced', 'integer', 'How many earlier ones of the same identifier it replaced.'),
        ],
      },
      resourceTypes: [],
      documentation:
        'Registers one Consent, in Parameters or by itself; the same business identifier replaces an earlier one.',
      takes: 'records',
      answer: register,
    },
    {
      name: 'withdraw',
      version: 'r4',
      method: 'POST',
      path: ['$withdraw-consent'],
      interaction: {
        kind: 'operation',
        name: 'withdraw-consent',
        parameters: [
          { name: 'id', type: 'id', documentation: 'The id here; or else `identifier`.' },
          {
            name: 'identifier',
            type: 'Identifier',
            documentation: 'The business identifier of the Consent.',
          },
          gives('withdrawn', 'integer', 'How many were withdrawn.'),
        ],
      },
      resourceTypes: [],
      documentation: 'Withdraws a registered Consent by its id here, or by its business identifier.',
      answer: withdraw,
    },
  ],
};
