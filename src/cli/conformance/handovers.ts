// Which handovers lie in these folders, who sends them to whom, and what is pushed?
import { createHash } from 'node:crypto';
import { isNursingHandoff, transferDateExtension } from '../../exchange/handover/codes.ts';
import { receivingOrganization, sendingOrganization } from '../../exchange/handover/sections.ts';
import type { FhirResource, Identifier } from '../../model.ts';
import { linksOf } from '../../sandbox/links.ts';
import { type Closure, closureOf, createResolve, type Resolve } from './closure.ts';
import { isIdentified } from './organisations.ts';
import { type FoundResource, nameOf } from './readFolder.ts';

export type FoundHandover = {
  name: string;
  composition: FoundResource;
  closure: Closure;
  resolve: Resolve;
  /** Organisations, where the content or the Task names them. */
  sender: FoundResource | undefined;
  receiver: FoundResource | undefined;
  /** Only what the content itself does not say, from the Task that points to it. */
  transferDate: string | undefined;
  receiverFromTask: boolean;
};

/** Every nursing handoff among the resources, in order of its name. */
export function findHandovers(resources: readonly FoundResource[]): FoundHandover[] {
  const resolve = createResolve(resources);
  const tasks = resources.filter((found) => found.resource.resourceType === 'Task');
  return resources
    .filter((found) => isNursingHandoff(found.resource))
    .map((composition) => describe({ composition, tasks, resolve }))
    .sort((a, b) => a.name.localeCompare(b.name, 'en', { numeric: true }));
}

function describe({
  composition,
  tasks,
  resolve,
}: {
  composition: FoundResource;
  tasks: readonly FoundResource[];
  resolve: Resolve;
}): FoundHandover {
  const task = tasks.find((one) =>
    linksOf(one.resource).some((link) => resolve(link.target, one) === composition),
  );
  const organisationIn = (from: FoundResource | undefined, part: unknown): FoundResource | undefined => {
    if (from === undefined) return undefined;
    return linksOf({ resourceType: 'Part', part })
      .map((link) => resolve(link.target, from))
      .find((found) => found?.resource.resourceType === 'Organization');
  };
  const content = composition.resource;
  const receiver = organisationIn(composition, sectionOf(content, receivingOrganization));
  const requester = at(task?.resource, 'requester');
  return {
    name: nameOf(composition),
    composition,
    closure: closureOf(composition, resolve),
    resolve,
    sender:
      organisationIn(composition, sectionOf(content, sendingOrganization)) ??
      organisationIn(task, requester) ??
      organisationIn(composition, content.custodian),
    receiver: receiver ?? organisationIn(task, task?.resource.owner),
    receiverFromTask: receiver === undefined,
    transferDate: hasTransferDate(content) ? undefined : transferDateOf(task?.resource),
  };
}

function sectionOf(value: unknown, code: string): unknown {
  const sections = at(value, 'section');
  if (!Array.isArray(sections)) return undefined;
  for (const section of sections) {
    const codings = at(at(section, 'code'), 'coding');
    if (Array.isArray(codings) && codings.some((coding) => at(coding, 'code') === code)) return section;
    const inside = sectionOf(section, code);
    if (inside !== undefined) return inside;
  }
  return undefined;
}

const hasTransferDate = (composition: FhirResource): boolean =>
  JSON.stringify(composition).includes(`"${transferDateExtension}"`);

function transferDateOf(task: FhirResource | undefined): string | undefined {
  const dates = [
    at(at(at(task, 'restriction'), 'period'), 'start'),
    at(at(task, 'executionPeriod'), 'start'),
    at(task, 'authoredOn'),
  ];
  return dates.find((date) => typeof date === 'string');
}

const at = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? new Map<string, unknown>(Object.entries(value)).get(name)
    : undefined;

/** A UUID that the same place always gives: the case identifier of this handover in every run. */
export function caseIdOf(handover: FoundHandover): string {
  const hex = createHash('sha256')
    .update(
      `${handover.composition.file}\n${handover.composition.resource.id ?? handover.composition.fullUrl}`,
    )
    .digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** The push: a collection Bundle of the Composition and everything it leads to. */
export function bundleOf(handover: FoundHandover): FhirResource {
  const base = baseOf(handover.closure.members);
  const urls = new Map<FoundResource, string>();
  const taken = new Set<string>();
  for (const member of handover.closure.members) {
    const wanted = member.fullUrl ?? addressOf(member, base);
    const fullUrl = taken.has(wanted) ? addressOf(member, base) : wanted;
    taken.add(fullUrl);
    urls.set(member, fullUrl);
  }
  return {
    resourceType: 'Bundle',
    identifier: { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${caseIdOf(handover)}` },
    type: 'collection',
    entry: handover.closure.members.map((member) => ({
      fullUrl: urls.get(member),
      resource: member.resource,
    })),
  };
}

/** Loose resources get the addresses that their own absolute references use, else one of the run. */
function baseOf(members: readonly FoundResource[]): string {
  const targets = members.flatMap(({ resource }) => linksOf(resource).map((link) => link.target));
  const absolute = targets.map((target) => /^(https?:\/\/.+)\/[A-Z][A-Za-z]+\/[^/?#]+$/.exec(target)?.[1]);
  return absolute.find((base) => base !== undefined) ?? 'https://epd.sandbox.example/fhir';
}

function addressOf({ resource, file }: FoundResource, base: string): string {
  const seed = `${file}${JSON.stringify(resource)}`;
  const id = resource.id ?? createHash('sha256').update(seed).digest('hex').slice(0, 32);
  return `${base}/${resource.resourceType}/${id}`;
}

/** The Bundle, within Parameters when receiver or transfer date must be said beside the content. */
export function pushOf(handover: FoundHandover, receiver: Identifier | undefined): FhirResource {
  const bundle = bundleOf(handover);
  const beside = [
    ...(handover.transferDate === undefined
      ? []
      : [{ name: 'transferDate', valueDateTime: handover.transferDate }]),
    ...(handover.receiverFromTask || handover.receiver === undefined || !isIdentified(handover.receiver)
      ? [{ name: 'receiver', valueIdentifier: receiver }]
      : []),
  ];
  if (beside.length === 0) return bundle;
  return { resourceType: 'Parameters', parameter: [{ name: 'content', resource: bundle }, ...beside] };
}
