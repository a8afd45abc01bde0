// What is the handover exchange? eOverdracht 4.0 to 4.2 (STU3): the transactions of the sending side, hosted here for the sender.
// https://informatiestandaarden.nictiz.nl/wiki/vpk:V4.0_FHIR_eOverdracht
import { gives } from '../asking/operationParameters.ts';
import { deliver } from '../deliver.ts';
import type { Exchange } from '../exchange.ts';
import { carriedTypes } from './carriedTypes.ts';
import { completeTask } from './complete.ts';
import { handoverParameters } from './parameters.ts';
import { patientOfId } from './records.ts';
import { readDocument, readResource, readTask } from './serve.ts';

export const handover: Exchange = {
  name: 'handover',
  title: 'Nursing handover at discharge (eOverdracht)',
  patientOf: patientOfId,
  transactions: [
    {
      name: 'push',
      version: 'stu3',
      method: 'POST',
      path: ['$handover'],
      interaction: {
        kind: 'operation',
        name: 'handover',
        parameters: [...handoverParameters, gives('return', 'OperationOutcome', 'What was remarked on.')],
      },
      resourceTypes: [],
      documentation: 'The sender hands over: a Bundle or Parameters; 202 with the Location of its status.',
      takes: 'content',
      // the minimum of 4.0 is the gate (check.ts); what is served later is what was checked here
      profileChecks: (settings) => settings.handover.profileChecks,
      answer: deliver,
    },
    {
      name: 'readTask',
      version: 'stu3',
      method: 'GET',
      path: ['Task', ':id'],
      interaction: { kind: 'read' },
      resourceTypes: ['Task'],
      documentation: 'The workflow Task of a handover, for its receiver and its sender.',
      answer: readTask,
    },
    {
      name: 'updateTask',
      version: 'stu3',
      method: 'PUT',
      path: ['Task', ':id'],
      interaction: { kind: 'update' },
      resourceTypes: ['Task'],
      documentation: 'The receiver completes: only the status may differ, from in-progress to completed.',
      answer: completeTask,
    },
    {
      name: 'readDocument',
      version: 'stu3',
      method: 'GET',
      path: ['Composition', ':id', '$document'],
      interaction: {
        kind: 'operation',
        name: 'document',
        definition: 'http://hl7.org/fhir/OperationDefinition/Composition-document',
      },
      resourceTypes: ['Composition'],
      documentation: 'The nursing handoff as one document Bundle, without its Binaries.',
      answer: readDocument,
    },
    {
      name: 'readResource',
      version: 'stu3',
      method: 'GET',
      path: [':type', ':id'],
      interaction: { kind: 'read' },
      resourceTypes: carriedTypes,
      documentation: 'What a Composition of the caller leads to, while its grant lives.',
      answer: readResource,
    },
  ],
};
