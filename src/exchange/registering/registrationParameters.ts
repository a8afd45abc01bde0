// Which parameters do the three operations of a registration take and give? As their definitions list them (docs/registration.md).
import { gives } from '../asking/operationParameters.ts';
import type { OperationParameter } from '../exchange.ts';

const ownName: OperationParameter = {
  name: 'set',
  type: 'Identifier',
  documentation:
    "The participant's own name of the set; or the gateway's id of it as valueString, valueId or valueUuid.",
};

/** As registrationInput.ts reads them. */
export const registrationParameters: readonly OperationParameter[] = [
  {
    name: 'content',
    type: 'Resource',
    min: 1,
    documentation: 'What is kept; it may also be the body itself.',
  },
  ownName,
  {
    name: 'patient',
    type: 'Identifier',
    documentation: 'Whose it is (BSN), where the content does not say.',
  },
];

export const namedSet: OperationParameter = { ...ownName, min: 1 };

export const setParameter: OperationParameter = {
  name: 'set',
  type: 'string',
  min: 1,
  documentation: "The gateway's id of the set. Also as valueId or valueUuid.",
};

export const stateParameters: readonly OperationParameter[] = [
  gives('set', 'string', "The gateway's id of the set."),
  gives('version', 'integer', 'Its last version.'),
  gives('state', 'code', '`current`, `superseded` or `revoked`.'),
];
