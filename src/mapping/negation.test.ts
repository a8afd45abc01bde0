// Does what was not done, not taken or not to be done stay so in the other version?
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { FhirResource } from '../model.ts';
import { type LoadedMap, loadMaps } from './loadMaps.ts';
import { roundTrip, type Ways } from './roundTrip.ts';
import { runMap } from './runMap.ts';

const settings = { at: new Date('2026-01-15T12:00:00Z'), seed: 'test' };
let ways: Ways;

beforeAll(() => {
  const maps = loadMaps(resolve(import.meta.dirname, '../../mappings'));
  const named = (name: string): LoadedMap => {
    const map = maps.get(name);
    if (!map) throw new Error(`no map ${name}`);
    return map;
  };
  ways = { stu3: named('stu3-to-r4'), r4: named('r4-to-stu3') };
});

const mapped = (source: FhirResource, version: 'stu3' | 'r4') =>
  runMap(ways[version], source, settings).target;

const losses = (source: FhirResource, version: 'stu3' | 'r4') =>
  roundTrip(ways, { source, version }, settings).losses;

const subject = { reference: 'Patient/1' };
const drug = { text: 'metoprolol' };
const kept = (version: string, element: string) =>
  `http://hl7.org/fhir/${version}/StructureDefinition/extension-${element}`;

describe('medication that is not taken', () => {
  const statement = (status: string, taken: string) => ({
    resourceType: 'MedicationStatement',
    status,
    taken,
    medicationCodeableConcept: drug,
    subject,
  });

  it.each(['active', 'completed', 'intended', 'on-hold', 'stopped'])('is not in use: %s', (status) => {
    const source = statement(status, 'n');
    expect(mapped(source, 'stu3')).toMatchObject({
      status: 'not-taken',
      _status: { extension: [{ url: kept('3.0', 'MedicationStatement.status'), valueCode: status }] },
    });
    expect(losses(source, 'stu3')).toEqual([]);
  });

  it.each([
    ['entered-in-error', 'n'],
    ['active', 'y'],
    ['active', 'unk'],
  ])('is told from what was %s, taken %s', (status, taken) => {
    const source = statement(status, taken);
    expect(mapped(source, 'stu3').status).toBe(status);
    expect(losses(source, 'stu3')).toEqual([]);
  });
});

describe('a family history', () => {
  const history = (notDone: boolean, status = 'completed') => ({
    resourceType: 'FamilyMemberHistory',
    status,
    notDone,
    patient: subject,
    relationship: { text: 'vader' },
  });

  it('that was not taken is unknown, and says so to who reads modifiers alone', () => {
    expect(mapped(history(true), 'stu3')).toMatchObject({
      status: 'health-unknown',
      modifierExtension: [{ url: kept('3.0', 'FamilyMemberHistory.notDone'), valueBoolean: true }],
    });
    expect(losses(history(true), 'stu3')).toEqual([]);
  });

  it('that was taken, or entered in error, keeps its status', () => {
    expect(mapped(history(false), 'stu3')).toMatchObject({ status: 'completed' });
    expect(mapped(history(false), 'stu3').modifierExtension).toBeUndefined();
    expect(mapped(history(true, 'entered-in-error'), 'stu3').status).toBe('entered-in-error');
    expect(losses(history(false), 'stu3')).toEqual([]);
    expect(losses(history(true, 'entered-in-error'), 'stu3')).toEqual([]);
  });
});

describe('an order not to do something', () => {
  const order = (resourceType: string, doNotPerform: boolean) => ({
    resourceType,
    status: 'active',
    doNotPerform,
    ...(resourceType === 'MedicationRequest' ? { intent: 'order', medicationCodeableConcept: drug } : {}),
    subject,
  });

  it.each(['MedicationRequest', 'CommunicationRequest'])('is a modifier in STU3: %s', (type) => {
    const url = kept('4.0', `${type}.doNotPerform`);
    const made = mapped(order(type, true), 'r4');
    expect(made).toMatchObject({ modifierExtension: [{ url, valueBoolean: true }] });
    expect(made.extension).toBeUndefined();
    expect(losses(order(type, true), 'r4')).toEqual([]);
  });

  it.each(['MedicationRequest', 'CommunicationRequest'])('is told from an order to do it: %s', (type) => {
    const url = kept('4.0', `${type}.doNotPerform`);
    expect(mapped(order(type, false), 'r4')).toMatchObject({ extension: [{ url, valueBoolean: false }] });
    expect(mapped(order(type, false), 'r4').modifierExtension).toBeUndefined();
    expect(losses(order(type, false), 'r4')).toEqual([]);
    const before = {
      ...order(type, true),
      doNotPerform: undefined,
      extension: [{ url, valueBoolean: true }],
    };
    expect(mapped(before, 'stu3').doNotPerform).toBe(true);
  });
});

describe('a goal that is no longer sought', () => {
  const goal = (code?: string) => ({
    resourceType: 'Goal',
    lifecycleStatus: 'completed',
    ...(code === undefined
      ? {}
      : {
          achievementStatus: {
            coding: [{ system: 'http://terminology.hl7.org/CodeSystem/goal-achievement', code }],
          },
        }),
    description: { text: 'weer lopen' },
    subject,
  });

  it.each([
    ['not-achieved', 'cancelled'],
    ['not-attainable', 'cancelled'],
    ['no-progress', 'cancelled'],
    ['achieved', 'achieved'],
    ['sustaining', 'achieved'],
    [undefined, 'achieved'],
  ])('is achieved only when it was: %s', (code, status) => {
    expect(mapped(goal(code), 'r4').status).toBe(status);
    expect(losses(goal(code), 'r4')).toEqual([]);
  });
});
