// Which cases of the plan does this run leave, and why? docs/attacks.md tells more.
export const leftCases: readonly { ids: string; why: string }[] = [
  {
    ids: 'C11 (types of organisations)',
    why: 'a type stands in the settings and does not change while a gateway runs',
  },
  {
    ids: 'C20 (a clock five minutes behind)',
    why: 'here its view of the end is written in the database; tests/contract/breakGlass.test.ts moves the clock itself',
  },
  {
    ids: 'M01 (two categories in one question)',
    why: 'each exchange asks for one; two at once: tests/contract/mitzClosed.test.ts',
  },
  { ids: 'M08 (five minutes)', why: 'with a time limit of 0.7 s' },
  { ids: 'M10, M11', why: 'answers of Mitz are not signed; over mutual TLS alone' },
  { ids: 'F18', why: 'there is no R4 view of a handover' },
  { ids: 'H08 (HTTP/2)', why: 'no HTTP/2 listener; that its preface is refused is tried' },
  {
    ids: 'H through the compose proxy',
    why: 'needs containers; every request here goes straight to a gateway',
  },
  { ids: 'P20, P21, P23', why: 'no map bench, no package command, no ADA route on the network' },
  {
    ids: 'S05, S10, S11 of holders',
    why: 'tests/e2e/wishes.test.ts and tests/contract/holder.test.ts; another’s records: C02, C31',
  },
  { ids: 'S08', why: 'TLS of receivers: tests/contract/outgoing.test.ts, with certificates of its own' },
  { ids: 'D18', why: 'needs a standby; store.url names the primary, no read goes elsewhere' },
  {
    ids: 'D19 (disk full)',
    why: 'tests/contract/storeFaults.test.ts fills a disk; here the store goes away',
  },
  { ids: 'D06, A06 (100 kills)', why: 'here 4 and 3 kills; the hundred are in npm run test:chaos' },
  { ids: 'D11 (3 days), D09 (hours)', why: 'with shortened settings: 8 s and 2.5 s' },
  { ids: 'D23 (1 000 runs)', why: 'one run under load' },
  { ids: 'A12', why: 'tests/contract/consent.test.ts and src/cli/consent.test.ts explain decisions' },
  { ids: 'A13', why: 'needs two machines with two clocks' },
  {
    ids: 'R06, R09, R13, R16',
    why: 'a day of holders that hang; one hung holder and the crowd: npm run bench:wishes',
  },
  { ids: 'R14, R15', why: 'a day of soak and a five-minute query do not fit in eight minutes' },
  { ids: 'L12, L13', why: 'in part: C01q, C01t, C01i and C16 tell no patients apart' },
  {
    ids: 'L05 (consent classes)',
    why: 'here: another’s handover against none; P-no against P-nil: C01q, C01t',
  },
];
