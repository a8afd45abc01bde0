// Is the audit record whole, also where several gateways share it? `sluis audit verify`.
import { z } from 'zod';
import { type PublicAuditKey, readPublicKeyFile, readSigningKeyFile } from '../audit/signingKey.ts';
import { verifyAudit } from '../audit/verify.ts';
import { type AddCommand, examples, type Tools, withConfig } from './command.ts';
import { failed, misused } from './exit.ts';
import { linesOf } from './inputLines.ts';
import { aligned } from './terminal.ts';
import { type Opened, withStore } from './withStore.ts';

type Options = { config?: string; anchors?: string; key: readonly string[] };

export const addAuditVerify: AddCommand = (audit, tools) => {
  withConfig(audit.command('verify'))
    .description('walk every chain beside its signed heads: finds an altered, removed or cut-off record')
    .option('--anchors <file>', 'signed heads that were kept outside, one JSON object a line')
    .option(
      '--key <file>',
      'public audit keys of another gateway on this database (`sluis keys public`); may be given more than once',
      (file: string, others: readonly string[]) => [...others, file],
      [],
    )
    .addHelpText(
      'after',
      examples(
        'sluis audit verify --config sluis.yaml',
        'sluis audit verify --config sluis.yaml --key gateway-b.json --key gateway-c.json',
      ),
    )
    .action((options: Options) => withStore(options, tools, (opened) => verify(opened, options, tools)));
};

async function verify({ store, config }: Opened, options: Options, { terminal }: Tools): Promise<void> {
  const { publicKeys } = await readSigningKeyFile(config.audit.signingKeyFile);
  const { heads: anchors, leftOut } =
    options.anchors === undefined ? noAnchors : anchorsIn(options.anchors, terminal);
  const known = [...publicKeys, ...options.key.flatMap(keysIn)];
  const result = await verifyAudit(store, { publicKeys: known, anchors });
  const rows = result.chains.map(({ chain, records, signedTo }) => [
    chain,
    `${records} records`,
    `signed to ${signedTo}`,
  ]);
  for (const line of aligned(rows)) terminal.line(line);
  if (!result.ok) {
    if (result.bad.some(({ why }) => why === 'bad-signature'))
      terminal.note('Were these heads signed by another gateway? Give its public keys with --key.');
    const places = result.bad.map(({ chain, seq, why }) => `${chain}, record ${seq}: ${why}`);
    throw failed(`The audit record is broken: ${places.join('; ')}.`);
  }
  terminal.line(`The audit record is whole${leftOut > 0 ? ', beside the anchors that can be read' : ''}.`);
}

function keysIn(file: string): readonly PublicAuditKey[] {
  try {
    return readPublicKeyFile(file);
  } catch (error) {
    throw misused(error instanceof Error ? error.message : `${file} cannot be read.`, error);
  }
}

const anchorShape = z.strictObject({
  chain: z.string(),
  seq: z.int().min(1),
  hash: z.string(),
  at: z.string(),
  signature: z.string(),
});

type Anchors = { heads: readonly z.infer<typeof anchorShape>[]; leftOut: number };
const noAnchors: Anchors = { heads: [], leftOut: 0 };

/**
 * One signed head a line. A line that is none, such as one that a full disk cut short, is told and left out; a file of
 * nothing else is refused, as bad usage.
 */
function anchorsIn(file: string, terminal: Tools['terminal']): Anchors {
  const lines = linesOf(file);
  const heads = lines.flatMap((line, index) => {
    const head = headIn(line);
    if (head === undefined) terminal.note(`${file}: number ${index + 1} is no signed head; it is left out.`);
    return head ?? [];
  });
  if (heads.length === 0 && lines.length > 0) throw misused(`${file} holds no signed heads.`);
  return { heads, leftOut: lines.length - heads.length };
}

function headIn(line: string): z.infer<typeof anchorShape> | undefined {
  try {
    return anchorShape.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
