// What can a search make of systems that answer with one document? ADA 9.3.0 and 6.12 become R4; the rest is told.
import type { HolderQuery } from '../../holder/holder.ts';
import type { DataEndpoint, Issue } from '../../model.ts';
import type { FromDocuments } from '../declaredSearch.ts';
import { readHolders } from './holderReading.ts';
import { placeHolder } from './placedBlocks.ts';

/** Such a system gives everything that it has in one document. */
export const wholeDocument = (category: string): readonly HolderQuery[] => [
  { resourceType: 'Binary', parameters: [], category },
];

export const answersWithDocument = ({ kind }: DataEndpoint): boolean => kind === 'ada' || kind === 'mp612';

const notAsResources: Issue = {
  severity: 'warning',
  code: 'not-supported',
  rule: 'document-not-mapped',
  text: {
    nl: 'Wat dit systeem gaf, kan niet als resources worden gegeven; het medicatieoverzicht toont het wel',
    en: 'What this system gave cannot be given as resources; the medication overview does show it',
  },
};

/** Each document by itself: one that cannot be mapped takes nothing from the others. */
export const fromDocuments: FromDocuments = (result, { deps, requestId }) => {
  const parts = result.documents.map((document) => {
    const [reading] = readHolders([{ ...result, resources: [], documents: [document] }]);
    return reading === undefined ? [] : placeHolder(reading, { deps, requestId }).resources;
  });
  return { placed: parts.flat(), issues: parts.some((part) => part.length === 0) ? [notAsResources] : [] };
};
