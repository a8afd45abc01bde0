// Which cases of the plan does this run leave, and why? docs/attacks.md tells more.
export const leftCases: readonly { ids: string; why: string }[] = [
  {
    ids: 'C01–C26 but C27–C29, M, F22–F25',
    why: 'consent, Mitz, wishes and medication are no part of the handover exchange',
  },
  { ids: 'F18', why: 'there is no R4 view of a handover' },
  { ids: 'H08 (HTTP/2)', why: 'no HTTP/2 listener; that its preface is refused is tried' },
  {
    ids: 'H through the compose proxy',
    why: 'needs containers; every request here goes straight to a gateway',
  },
  { ids: 'P20, P21, P23', why: 'no map bench, no package command, no ADA route on the network' },
  { ids: 'S05, S11', why: 'the gateway fetches nothing from data holders in this exchange' },
  { ids: 'S08', why: 'TLS of receivers: tests/contract/outgoing.test.ts, with certificates of its own' },
  { ids: 'D18', why: 'needs a standby; store.url names the primary, no read goes elsewhere' },
  {
    ids: 'D19 (disk full)',
    why: 'tests/contract/storeFaults.test.ts fills a disk; here the store goes away',
  },
  { ids: 'D06, A06 (100 kills)', why: 'here 4 and 3 kills; the hundred are in npm run test:chaos' },
  { ids: 'D11 (3 days), D09 (hours)', why: 'with shortened settings: 8 s and 2.5 s' },
  { ids: 'D23 (1 000 runs)', why: 'one run under load' },
  { ids: 'A12', why: 'there is no consent decision to explain' },
  { ids: 'A13', why: 'needs two machines with two clocks' },
  { ids: 'R06, R09, R13, R16', why: 'no holders, permits, validation runs or cards in this exchange' },
  { ids: 'R14, R15', why: 'a day of soak and a five-minute query do not fit in eight minutes' },
  { ids: 'L12, L13', why: 'no localisation and no consent in this exchange' },
  { ids: 'L05 (consent classes)', why: 'here: another’s handover against none' },
];
