// Who may open a record in an emergency, and for how long? A grant for one patient, one organisation, one professional.
import { randomUUID } from 'node:crypto';
import { GatewayError } from '../errors.ts';
import type { Clock, Practitioner, Requester } from '../model.ts';
import { actorOf } from '../store/actor.ts';
import type { Store, Unit } from '../store/store.ts';
import {
  findGrants,
  type GrantContent,
  grantById,
  grantContext,
  isOpen,
  placeOf,
  readGrant,
} from './breakGlassGrants.ts';
import { checkReason } from './breakGlassReason.ts';
import { emergencyFault } from './emergency.ts';
import { dropPermits } from './epoch.ts';
import { emergencyPurposes } from './inputs.ts';
import type { RefusalReason } from './reasons.ts';
import { type ConsentSettings, categoryOfType } from './settings.ts';

export type BreakGlassDeps = { store: Store; clock: Clock; settings: ConsentSettings };

export type GrantRequest = {
  patientBsn: string;
  requester: Requester;
  /** Who asks, on whose behalf and why, as token and request say together. */
  practitioner?: Practitioner;
  mandatedBy?: Practitioner;
  purposeOfUse?: string;
  /** Why, in the professional's own words. */
  reason: string;
  requestId: string;
};

/** `stage` 1 opens the minimum, 2 what the region allows after a second step. */
export type Grant = { id: string; stage: number; until: string };

/**
 * Opens a grant; one that is open already is given again, and not prolonged. Throws `denied` with a stable reason when
 * the region, the organisation, the role or the purpose does not allow it, `unprocessable` for a reason that will not do.
 */
export async function openGrant(request: GrantRequest, deps: BreakGlassDeps): Promise<Grant> {
  const who = emergencyCaller(request, deps.settings);
  const text = checkReason(request.reason, deps.settings.breakGlass);
  const now = deps.clock();
  const place = placeOf(deps.store, { ...request, practitioner: who.practitioner });
  const { open } = await findGrants(deps.store, place, now);
  if (open) return grantOf(open);
  const id = randomUUID();
  const ends_at = new Date(now.getTime() + deps.settings.breakGlass.minutes * 60_000).toISOString();
  const at = now.toISOString();
  const content: GrantContent = { ...who, patientBsn: request.patientBsn, reasons: [{ at, text }] };
  return deps.store.write(async (unit) => {
    // Holds the patient's row: who opens at the same moment, at whichever gateway, waits for this commit and finds its grant.
    await dropPermits(unit, place.patient_hash);
    const meanwhile = await findGrants({ read: unit.db }, place, now);
    if (meanwhile.open) return grantOf(meanwhile.open);
    const payload_id = await unit.seal(Buffer.from(JSON.stringify(content)), grantContext(id));
    const life = { created_at: at, ends_at, ended_at: null, reviewed_at: null, reviewed_by: null };
    await unit.db
      .insertInto('break_glass_grant')
      .values({ id, ...place, stage: 1, ...life, payload_id })
      .execute();
    audit(unit, request, { event: 'breakGlass.opened', id, who });
    return grantOf({ id, stage: 1, ends_at });
  });
}

const grantOf = ({ id, stage, ends_at }: { id: string; stage: number; ends_at: string }): Grant => ({
  id,
  stage,
  until: ends_at,
});

/** The second step: the same professional says again why, and the grant opens more until the same end. */
export async function widenGrant(
  request: GrantRequest & { grantId: string },
  deps: BreakGlassDeps,
): Promise<Grant> {
  const who = emergencyCaller(request, deps.settings);
  const text = checkReason(request.reason, deps.settings.breakGlass);
  const now = deps.clock();
  const row = await grantById(deps.store, request.grantId);
  const content = row && (await readGrant(deps.store, row));
  const place = placeOf(deps.store, { ...request, ...who });
  const same =
    row?.patient_hash === place.patient_hash &&
    row.participant_id === place.participant_id &&
    row.practitioner_hash === place.practitioner_hash;
  if (!row || !content || !same || !isOpen(row, now)) throw notAllowed('break-glass-grant-missing');
  const reasons = [...content.reasons, { at: now.toISOString(), text }];
  await deps.store.write(async (unit) => {
    const sealed = Buffer.from(JSON.stringify({ ...content, reasons }));
    const payload_id = await unit.seal(sealed, grantContext(row.id));
    const widened = await unit.db
      .updateTable('break_glass_grant')
      .set({ stage: 2, payload_id, reviewed_at: null, reviewed_by: null })
      .where('id', '=', row.id)
      .where('payload_id', '=', row.payload_id)
      .executeTakeFirst();
    if (widened.numUpdatedRows !== 1n) throw new GatewayError('conflict', 'This grant is being widened now');
    await unit.db.deleteFrom('payload').where('id', '=', row.payload_id).execute();
    audit(unit, request, { event: 'breakGlass.widened', id: row.id, who });
  });
  return grantOf({ ...row, stage: 2 });
}

type Caller = Pick<GrantContent, 'practitioner' | 'mandatedBy' | 'purposeOfUse'>;

function emergencyCaller(request: GrantRequest, settings: ConsentSettings): Caller {
  const { practitioner, mandatedBy, purposeOfUse, requester } = request;
  const rules = settings.breakGlass;
  if (!rules.enabled) throw notAllowed('break-glass-off');
  if (!purposeOfUse) throw notAllowed('purpose-missing');
  if (!emergencyPurposes.includes(purposeOfUse)) throw notAllowed('break-glass-purpose');
  if (!practitioner) throw notAllowed('practitioner-missing');
  if (!practitioner.role) throw notAllowed('practitioner-role-missing');
  const type = requester.participant.facilityType;
  if (!type) throw notAllowed('requester-type-missing');
  if (categoryOfType(settings, type) === undefined) throw notAllowed('requester-type-unknown');
  const fault = emergencyFault(rules, { type, role: practitioner.role });
  if (fault) throw notAllowed(fault);
  return { practitioner, purposeOfUse, ...(mandatedBy ? { mandatedBy } : {}) };
}

const notAllowed = (reason: RefusalReason): GatewayError =>
  new GatewayError('denied', 'Break-glass is not open to this request', { reason });

function audit(unit: Unit, request: GrantRequest, what: { event: string; id: string; who: Caller }): void {
  unit.audit({
    event: what.event,
    action: 'E',
    outcome: 'success',
    ...actorOf(request.requester, what.who),
    patientBsn: request.patientBsn,
    object: `BreakGlass/${what.id}`,
    exchange: 'break-glass',
    requestId: request.requestId,
  });
}
