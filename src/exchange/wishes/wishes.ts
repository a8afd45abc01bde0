// What is the wishes exchange? PZP (R4): one card for who must act at once, the standard's own searches, and a place to register.
// https://api.iknl.nl/docs/pzp/r4
import { askedBy, gives } from '../asking/operationParameters.ts';
import type { Exchange } from '../exchange.ts';
import { answerWishes, cardType, wishesParameters } from './ask.ts';
import { wishesSearches } from './queries.ts';
import { wishesRegistration } from './register.ts';

export const wishes: Exchange = {
  name: 'wishes',
  title: 'Advance care planning (PZP)',
  transactions: [
    {
      name: 'card',
      version: 'r4',
      method: 'POST',
      path: ['$wishes'],
      interaction: {
        kind: 'operation',
        name: 'wishes',
        parameters: [
          ...askedBy(wishesParameters),
          gives('return', 'Bundle', 'The card, the records it rests on by holder, and who is missing.'),
        ],
      },
      resourceTypes: [],
      native: cardType,
      documentation:
        'The crew card of a patient, then the records it rests on by holder, then who refused or did not answer.',
      answer: answerWishes,
    },
    ...wishesSearches,
    ...wishesRegistration,
  ],
};
