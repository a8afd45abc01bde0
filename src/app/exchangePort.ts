// How does http/ reach the exchanges? As one port, with what they need already given.
import {
  answer,
  cancelHandover,
  capabilityStatement,
  type ExchangeDeps,
  type HandoverStatus,
  handoverStatus,
  match,
  printStatusPage,
} from '../exchange/index.ts';
import type { ExchangePort, HandoverAnswer } from '../http/deps.ts';
import { version } from './version.ts';

/** The exchanges of one gateway. */
export function exchangePort(deps: ExchangeDeps): ExchangePort {
  return {
    answer: (request, requester) => answer(request, requester, deps),
    match,
    capabilityStatement: (fhirVersion) =>
      capabilityStatement(fhirVersion, { baseUrl: deps.baseUrl, version }),
    handoverStatus: async (question) => answerOf(await handoverStatus(question, deps)),
    cancelHandover: async (question) => answerOf(await cancelHandover(question, deps)),
  };
}

const answerOf = (status: HandoverStatus): HandoverAnswer => ({
  json: status,
  page: (language) => printStatusPage(status, language),
});
