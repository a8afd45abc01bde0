// How do the pseudonym service and the national referral index behave in the tests? Two real servers with real keys: the one
// evaluates without seeing a BSN, the other opens what was sealed for it, takes the blind away and looks who has records.
import { ristretto255_oprf } from '@noble/curves/ed25519.js';
import { CompactEncrypt, compactDecrypt, generateKeyPair } from 'jose';
import { pseudonymInput } from '../../src/routing/pseudonym.ts';
import { type Receiver, type Seen, startReceiver } from './faultyReceiver.ts';
import { json, parametersOf } from './holderServer.ts';

export const recipient = 'ura:90000901';
const scope = 'nationale-verwijsindex';
const { oprf } = ristretto255_oprf;

export type NationalIndex = {
  prs: Receiver;
  nvi: Receiver;
  /** URA numbers by BSN. */
  records: Map<string, readonly string[]>;
  end(): Promise<void>;
};

export const listOf = (ura: string, more: object = {}) => ({
  resourceType: 'List',
  status: 'current',
  mode: 'working',
  extension: [
    {
      url: 'http://minvws.github.io/generiekefuncties-docs/StructureDefinition/nl-gf-localization-custodian',
      valueReference: { identifier: { system: 'http://fhir.nl/fhir/NamingSystem/ura', value: ura } },
    },
  ],
  ...more,
});

export const searchset = (lists: readonly object[], more: object = {}) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: lists.map((resource) => ({ resource })),
  ...more,
});

export async function startNationalIndex(): Promise<NationalIndex> {
  const [prs, nvi] = [await startReceiver(), await startReceiver()];
  const keys = oprf.generateKeyPair();
  const index = await generateKeyPair('ECDH-ES+A256KW');
  const records = new Map<string, readonly string[]>();

  async function evaluate(seen: Seen): Promise<object> {
    const asked = JSON.parse(seen.body);
    if (asked.recipientOrganization !== recipient || asked.recipientScope !== scope)
      return { error: 'scope' };
    const point = oprf.blindEvaluate(keys.secretKey, Buffer.from(asked.encryptedPersonalId, 'base64url'));
    const sealed = new CompactEncrypt(point).setProtectedHeader({ alg: 'ECDH-ES+A256KW', enc: 'A256GCM' });
    return { jwe: await sealed.encrypt(index.publicKey) };
  }

  function pseudonymOf(input: Uint8Array): Uint8Array {
    const { blind, blinded } = oprf.blind(input);
    return oprf.finalize(input, blind, oprf.blindEvaluate(keys.secretKey, blinded));
  }

  async function search(seen: Seen): Promise<object> {
    const [system, value] = (parametersOf(seen).get('subject:identifier') ?? '').split('|');
    if (!system?.endsWith('/NamingSystem/nvi-identifier') || value === undefined) return searchset([]);
    const { blind_factor, evaluated_output } = JSON.parse(Buffer.from(value, 'base64url').toString());
    const { plaintext } = await compactDecrypt(evaluated_output, index.privateKey);
    const blind = Buffer.from(blind_factor, 'base64url');
    const [found] = [...records].filter(([bsn]) => {
      const input = pseudonymInput(bsn, { recipient, scope });
      const output = oprf.finalize(input, blind, plaintext);
      return Buffer.from(output).equals(pseudonymOf(input));
    });
    return searchset((found?.[1] ?? []).map((ura) => listOf(ura)));
  }

  prs.standard = (seen, response) =>
    void evaluate(seen).then((body) => json(body, 'application/json')(seen, response));
  nvi.standard = (seen, response) => void search(seen).then((body) => json(body)(seen, response));
  const end = async () => {
    await prs.end();
    await nvi.end();
  };
  return { prs, nvi, records, end };
}
