// What is the localisation exchange? Data holders tell the regional index of whom they have records (docs/localisation.md).
import { gives, takenBy } from '../asking/operationParameters.ts';
import type { Exchange, Transaction } from '../exchange.ts';
import { entryParameters, registerHere, withdrawHere } from './indexEntry.ts';

const operation = (
  name: string,
  rest: Pick<Transaction, 'name' | 'documentation' | 'answer'>,
): Transaction => ({
  ...rest,
  version: 'r4',
  method: 'POST',
  path: [`$${name}`],
  interaction: {
    kind: 'operation',
    name,
    parameters: [
      ...takenBy(entryParameters, ['patient', 'exchange']),
      gives('state', 'code', '`registered` or `withdrawn`.'),
      gives('changed', 'boolean', 'Whether that was not so before.'),
    ],
  },
  resourceTypes: [],
});

export const localisation: Exchange = {
  name: 'localisation',
  title: 'Regional index: who has records of whom',
  transactions: [
    operation('register-patient', {
      name: 'registerPatient',
      documentation:
        'The caller has records of this patient for this exchange; 201, or 200 when that was known.',
      answer: registerHere,
    }),
    operation('withdraw-patient', {
      name: 'withdrawPatient',
      documentation: 'The caller is no longer named as holder of this patient for this exchange.',
      answer: withdrawHere,
    }),
  ],
};
