// What can be worked out of a push before anything is written? Read, checked and packed; it needs no store, so that another thread may do it.
import { printJson } from '../../fhir/json.ts';
import { readContent } from '../../fhir/readContent.ts';
import type { FhirContent, FhirResource, Issue, Participant } from '../../model.ts';
import type { Directory } from '../../routing/directory.ts';
import type { ExchangeDeps, ProfileChecks } from '../exchange.ts';
import { profileFindings } from '../profiles/profileFindings.ts';
import { assemble } from './assemble.ts';
import { checkMinimum } from './check.ts';
import { keepable, refuse } from './findings.ts';
import type { Hashes } from './ids.ts';
import { openParcel } from './parcel.ts';
import { checkSender, findReceiver, type Receiver } from './parties.ts';
import { type Passage, pack } from './passage.ts';
import type { SealedTask } from './task.ts';

export type PushQuestion = {
  /** As it came in, or a resource whose structure was checked before. */
  content: FhirContent | { resource: FhirResource | undefined };
  sender: Participant;
  now: Date;
  profileChecks: ProfileChecks;
};

export type PreparedPush = {
  passage: Omit<Passage, 'task'>;
  /** A SealedTask as JSON: what is sealed beside the content. */
  task: string;
  receiver: Receiver;
  issues: readonly Issue[];
};

export type PrepareDeps = {
  hashes: Hashes;
  directory: Directory;
  maxResources: number;
  checkProfiles: ExchangeDeps['checkProfiles'];
};

/** Throws `invalid` for what does not parse, and `unprocessable` naming everything that stands in the way. */
export function preparePush(question: PushQuestion, deps: PrepareDeps): PreparedPush {
  const { content, sender, now } = question;
  const resource = 'bytes' in content ? readContent(content, 'stu3') : content.resource;
  const parcel = openParcel(resource, deps.maxResources);
  const handoff = assemble(parcel, { sender, directory: deps.directory, at: now });

  const { receiver, issues: receiverIssues } = findReceiver(handoff, deps.directory, now);
  const senderIssues = checkSender(handoff, sender, deps.directory);
  const issues = [...checkMinimum(handoff), ...receiverIssues, ...senderIssues];
  if (!receiver) throw refuse([...issues, ...handoff.issues]);

  const { task, ...passage } = pack(handoff, { sender, hashes: deps.hashes, receiver });
  const told = [...issues, ...passage.issues];
  refuseErrors(told);
  const checked = question.profileChecks === 'off' ? [] : profileFindings(resource, 'stu3', deps);
  const all = [...told, ...checked];
  const sealed: SealedTask = { ...task, findings: keepable(all) };
  return { passage, task: printJson(sealed), receiver, issues: all };
}

function refuseErrors(issues: readonly Issue[]): void {
  if (issues.some((issue) => issue.severity === 'error' || issue.severity === 'fatal')) throw refuse(issues);
}
