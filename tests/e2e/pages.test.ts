// Can a crew and a pharmacist read their pages in a real browser, without scripts, on a phone, on paper, and with a screen reader?
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { consolidate } from '../../src/exchange/medication/consolidate.ts';
import { block } from '../../src/exchange/medication/fixtures.ts';
import { momentMeant } from '../../src/exchange/medication/moments.ts';
import { printOverviewPage } from '../../src/exchange/medication/page.ts';
import { buildCard } from '../../src/exchange/wishes/card.ts';
import { printCardPage } from '../../src/exchange/wishes/page.ts';
import type { FhirResource, Language } from '../../src/model.ts';
import { type PageStage, startPages } from '../contract/pageStage.ts';
import { type Ground, prepareGround } from '../contract/storesUnderTest.ts';
import { answer, bsn, codes, patient, r4Directive, r4Form, r4Statement, today } from '../world/wishes.ts';

const executablePath = process.env.SLUIS_CHROMIUM ?? '/usr/bin/chromium';
const missing = !existsSync(executablePath);
if (missing)
  console.log(`skipped: no browser at ${executablePath} (apt-get install chromium, or set SLUIS_CHROMIUM)`);
/** Where pictures of the pages are kept for people to look at; nowhere when not set. */
const pictures = process.env.SLUIS_SCREENSHOTS;

const roleSystem = 'urn:oid:2.16.840.1.113883.2.4.3.11.22.472';
const son: FhirResource = {
  resourceType: 'RelatedPerson',
  id: 'son',
  patient: { reference: 'Patient/p1' },
  name: [{ text: 'Jan Proef' }],
  relationship: [{ coding: [{ system: roleSystem, code: '24' }] }],
  telecom: [{ system: 'phone', value: '06-1234 5678' }],
};
const limit = 'Alleen opnemen bij een breuk of bij benauwdheid die thuis niet te behandelen is.';
const long = 'Zeerlangwoordzonderspatie'.repeat(20);

const card = buildCard(
  [
    answer(
      'Huisartsenpraktijk De Brug',
      r4Directive(codes.cpr, 'permit', '2022-05-01'),
      r4Directive(codes.hospital, { other: limit }, '2025-07-29'),
      r4Directive(codes.antibiotics, 'permit', '2025-07-29'),
      r4Directive({ text: long.slice(0, 90) }, { other: long }, '2025-07-29'),
      son,
    ),
    answer(
      'Verpleeghuis Het Veer',
      r4Statement('NR', '2025-11-03'),
      r4Directive(codes.icu, 'deny', '2025-07-29'),
      r4Directive(codes.antibiotics, 'permit', '2024-01-01'),
      r4Form({ 1387: { decision: '2' }, 1393: { decision: '0' } }, '2023-02-01'),
    ),
    { holder: { name: 'Apotheek De Punt' }, resources: [patient()] },
    { holder: { name: 'Ziekenhuis De Dijk' }, state: 'timeout', resources: [] },
  ],
  { at: today, bsn },
);

const overview = consolidate(
  [
    {
      holder: 'gp',
      name: 'Huisartsenpraktijk De Brug',
      outcome: 'answered',
      blocks: [
        block('MA', 'ma-1', {
          from: '2023-12-01',
          dosage: '1 maal per dag 1 stuk, oraal',
          treatment: 'A',
          holder: 'gp',
        }),
        block('TA', 'ta-1', { from: '2023-12-01', of: 'ma-1', treatment: 'A', holder: 'gp' }),
        block('MGB', 'use-1', {
          at: '2023-12-20',
          from: '2023-12-02',
          treatment: 'A',
          asAgreed: false,
          holder: 'gp',
        }),
        block('MA', 'ma-2', { from: '2024-02-01', treatment: 'B', holder: 'gp' }),
        block('MA', 'ma-3', { from: '2023-10-01', to: '2023-12-15', treatment: 'C', holder: 'gp' }),
        block('MA', 'ma-4', { from: '2023-10-01', treatment: 'D', holder: 'gp' }),
        block('MA', 'stop-4', {
          from: '2023-10-01',
          to: '2023-12-20',
          at: '2023-12-20',
          stop: 'interrupted',
          prior: 'ma-4',
          treatment: 'D',
          holder: 'gp',
        }),
      ],
    },
    { holder: 'hospital', name: 'Ziekenhuis De Dijk', outcome: 'silent', blocks: [] },
    { holder: 'clinic', name: 'GGZ De Sluis', outcome: 'denied', blocks: [] },
  ],
  { at: momentMeant('2024-01-01')! },
);
const person = { name: 'Aagje Proef', birthDate: '1940-02-29', bsn };

/** What runs inside the page. */
declare function getComputedStyle(
  element: unknown,
): Readonly<Record<'fontSize' | 'fontWeight' | 'color' | 'backgroundColor', string>>;

const phone: BrowserContextOptions = { viewport: { width: 390, height: 844 } };
const desk: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };

describe.skipIf(missing)('in a real browser', () => {
  let browser: Browser;
  let ground: Ground;
  let stage: PageStage;
  beforeAll(async () => {
    browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  });
  afterAll(() => browser?.close());
  beforeEach(async () => {
    ground = await prepareGround('sqlite');
    stage = await startPages(ground);
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
    await stage.end();
    await ground.end();
  });

  async function open(html: string, options: BrowserContextOptions, kind: 'card' | 'overview' = 'card') {
    const { path } = await stage.mint(html, kind);
    const context = await browser.newContext({ javaScriptEnabled: false, ...options });
    const page = await context.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    const response = await page.goto(`${stage.url}${path}`);
    expect(response?.status()).toBe(200);
    return { page, refused };
  }

  const picture = async (page: Page, name: string): Promise<void> => {
    if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: true });
  };

  /** What axe finds; the policy is set aside for its script alone. */
  async function faultsIn(
    html: string,
    options: BrowserContextOptions & { rules?: string[]; media?: 'screen' | 'print' },
  ): Promise<string[]> {
    const { rules = [], media = 'screen', ...context } = options;
    const page = await (await browser.newContext({ bypassCSP: true, ...context })).newPage();
    await page.setContent(html);
    await page.emulateMedia({ media });
    await page.evaluate(axe.source);
    const enabled = { rules: Object.fromEntries(rules.map((rule) => [rule, { enabled: true }])) };
    const found = await page.evaluate<axe.AxeResults>(`axe.run(${JSON.stringify(enabled)})`);
    return found.violations.map(
      ({ id, nodes }) => `${id}: ${nodes.map(({ html: node }) => node.slice(0, 120)).join(' | ')}`,
    );
  }

  const sideways = (page: Page): Promise<number> =>
    // without scripts in the page, playwright's own world still measures
    page.locator('html').evaluate((html) => html.scrollWidth - html.clientWidth);

  test.each(['nl', 'en'] as const)(
    'the card is read on a phone, at arm’s length, without scripts (%s)',
    async (language) => {
      const { page, refused } = await open(printCardPage(card, language), phone);
      const said = page.locator('.cpr .said').first();
      const box = (await said.boundingBox())!;
      expect(box.y + box.height).toBeLessThan(844);
      const { size, weight } = await said.evaluate((element) => {
        const style = getComputedStyle(element);
        return { size: Number.parseFloat(style.fontSize), weight: Number(style.fontWeight) };
      });
      expect(size).toBeGreaterThanOrEqual(36);
      expect(weight).toBeGreaterThanOrEqual(700);
      expect(await said.innerText()).toContain(language === 'nl' ? 'NIET REANIMEREN' : 'DO NOT RESUSCITATE');
      const alarm = (await page.locator('.alarm').first().boundingBox())!;
      expect(alarm.y).toBeLessThan(box.y);
      expect(refused).toEqual([]);
      await picture(page, `card-${language}`);
    },
  );

  test('its style is applied under the policy, and nothing but the page itself is asked for', async () => {
    const { path } = await stage.mint(printCardPage(card, 'nl'));
    const page = await (await browser.newContext(phone)).newPage();
    const asked: string[] = [];
    page.on('request', (request) => asked.push(new URL(request.url()).pathname));
    await page.goto(`${stage.url}${path}`);
    const ground = await page.locator('body').evaluate((body) => getComputedStyle(body).backgroundColor);
    expect(ground).toBe('rgb(12, 16, 20)');
    expect(asked.filter((one) => one !== '/favicon.ico')).toEqual([path]);
    const again = await page.reload();
    expect(again?.status()).toBe(404);
    expect(await page.locator('h1').innerText()).toMatch(/link/i);
  });

  test('a script that got into a page would not run', async () => {
    const evil = printCardPage(card, 'nl').replace(
      '<main>',
      '<main><script>document.title="ran"</script><img src="/x" onerror="document.title=\'ran\'">',
    );
    const { page } = await open(evil, { ...phone, javaScriptEnabled: true });
    expect(await page.title()).toBe('Behandelwensen');
  });

  test.each([320, 390, 768])(
    'nothing runs off the side of a screen of %i, whatever the words',
    async (width) => {
      const { page } = await open(printCardPage(card, 'nl'), { viewport: { width, height: 800 } });
      expect(await sideways(page)).toBe(0);
      const other = await open(
        printOverviewPage(overview, 'nl', person),
        { viewport: { width, height: 800 } },
        'overview',
      );
      expect(await sideways(other.page)).toBe(0);
    },
  );

  test('the representative is one touch away', async () => {
    const { page } = await open(printCardPage(card, 'nl'), phone);
    const call = page.locator('a.call');
    expect(await call.getAttribute('href')).toBe('tel:0612345678');
    expect((await call.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    await page.locator('a.jump').click();
    expect((await call.boundingBox())!.y).toBeLessThan(844);
  });

  test('history opens without scripts, and is on paper without being opened', async () => {
    const { page } = await open(printCardPage(card, 'nl'), phone);
    const past = page.locator('details li').first();
    expect(await past.isVisible()).toBe(false);
    await page.locator('summary').first().click();
    expect(await past.isVisible()).toBe(true);
    await page.locator('summary').first().click();
    await page.emulateMedia({ media: 'print' });
    expect((await past.boundingBox())!.height).toBeGreaterThan(10);
    const paper = await page
      .locator('.cpr .said')
      .first()
      .evaluate((element) => getComputedStyle(element).color);
    expect(paper).toBe('rgb(0, 0, 0)');
    // axe passes over words in the very colour of their ground
    for (const said of ['.conflict.strong', '.conflict.weak', '.bad', '.against strong', '.call'])
      expect(
        await page
          .locator(said)
          .first()
          .evaluate((element) => getComputedStyle(element).color),
      ).toBe('rgb(0, 0, 0)');
  });

  test('what contradicts stands open beside the decision', async () => {
    const { page } = await open(printCardPage(card, 'nl'), phone);
    const against = page.locator('.cpr .against');
    expect(await against.isVisible()).toBe(true);
    expect(await against.innerText()).toContain('WEL REANIMEREN');
    expect(await page.locator('.cpr').getAttribute('class')).toContain('strong');
  });

  const checked: [string, (language: Language) => string, string[]][] = [
    ['card', (language) => printCardPage(card, language), ['color-contrast-enhanced']],
    ['overview', (language) => printOverviewPage(overview, language, person), []],
  ];
  for (const [name, html, rules] of checked) {
    test.each(['nl', 'en'] as const)(
      `the ${name} has no fault that axe knows, on phone, desk and paper, light and dark (%s)`,
      async (language) => {
        for (const options of [phone, desk])
          for (const colorScheme of ['light', 'dark'] as const)
            expect(await faultsIn(html(language), { ...options, colorScheme, rules })).toEqual([]);
        for (const colorScheme of ['light', 'dark'] as const)
          expect(await faultsIn(html(language), { ...desk, colorScheme, rules, media: 'print' })).toEqual([]);
      },
    );
  }

  test('axe would see a text that is too faint', async () => {
    const faint = printCardPage(card, 'nl').replace('--soft: #c6d0da', '--soft: #5a6470');
    expect((await faultsIn(faint, { ...phone, rules: ['color-contrast-enhanced'] })).join()).toContain(
      'color-contrast',
    );
  });

  test('the overview shows its tables, who did not answer, and what each line rests on', async () => {
    const { page, refused } = await open(printOverviewPage(overview, 'nl', person), desk, 'overview');
    const titles = await page.locator('h2').allInnerTexts();
    expect(titles).toEqual(
      expect.arrayContaining([
        'Huidige medicatie (1)',
        'Onderbroken medicatie (1)',
        'Toekomstige medicatie (1)',
        'Recent beëindigde medicatie (1)',
      ]),
    );
    const text = await page.locator('body').innerText();
    expect(text).toContain('Ziekenhuis De Dijk antwoordde niet op tijd; GGZ De Sluis geen toestemming');
    expect(text).toContain('gebruikt het anders dan afgesproken');
    expect(text).toContain('onderbroken sinds 20 dec 2023');
    const heads = await page.locator('table').first().locator('thead th').allInnerTexts();
    expect(heads).toEqual([
      'Type',
      'Geneesmiddel',
      'Start',
      'Einde',
      'Dosering',
      'Weg',
      'Reden',
      'Toelichting',
      'Bron',
    ]);
    expect(await page.locator('tbody').first().locator('tr th').allInnerTexts()).toEqual(['MA', 'TA', 'MGB']);
    await page.locator('summary').first().click();
    expect(await page.locator('details[open] li').first().innerText()).toContain('geldt op dit moment');
    expect(refused).toEqual([]);
    await picture(page, 'overview-desk');
    const small = await open(printOverviewPage(overview, 'en', person), phone, 'overview');
    await picture(small.page, 'overview-phone');
  });
});
