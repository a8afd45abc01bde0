// How does http/ reach the exchanges? As one port, with what they need already given.
import {
  answer,
  answerLink,
  cancelHandover,
  capabilityStatement,
  type ExchangeDeps,
  type HandoverStatus,
  handoverStatus,
  match,
  operationDefinition,
  printStatusPage,
  repeatable,
} from '../exchange/index.ts';
import type { ExchangePort, HandoverAnswer } from '../http/deps.ts';
import { version } from './version.ts';

/** The exchanges of one gateway. */
export function exchangePort(deps: ExchangeDeps): ExchangePort {
  const about = { baseUrl: deps.baseUrl, version };
  return {
    answer: (request, requester) => answer(request, requester, deps),
    match,
    repeatable,
    capabilityStatement: (fhirVersion) => capabilityStatement(fhirVersion, about),
    operationDefinition: (fhirVersion, name) => operationDefinition({ version: fhirVersion, name }, about),
    handoverStatus: async (question) => answerOf(await handoverStatus(question, deps)),
    cancelHandover: async (question) => answerOf(await cancelHandover(question, deps)),
    openPage: (question) => answerLink(question, deps),
  };
}

const answerOf = (status: HandoverStatus): HandoverAnswer => ({
  json: status,
  page: (language) => printStatusPage(status, language),
});
