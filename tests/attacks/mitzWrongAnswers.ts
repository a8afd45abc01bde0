// Which answers of Mitz look right and are not? About somebody else, on conditions, smuggled, or in another envelope.
import { patients } from './content.ts';
import { around, type Lie, packed, replacing, resultIn, saying } from './mitzLies.ts';

const bsnRoot = '2.16.840.1.113883.2.4.6.3';

const uraRoot = '2.16.528.1.1007.3.3';

export const echoes: readonly Lie[] = [
  replacing('no echo', /<Attributes.*<\/Attributes>/s, ''),
  replacing('no echo of the patient', /<Attribute AttributeId="[^"]*resource-id".*?<\/Attribute>/s, ''),
  replacing(
    'no echo of the holder',
    /<Attribute AttributeId="[^"]*author-institution:id".*?<\/Attribute>/s,
    '',
  ),
  replacing('no echo of the category', /<Attributes Category="[^"]*:action">.*?<\/Attributes>/s, ''),
  replacing('another patient', new RegExp(`(root="${bsnRoot}" extension=")\\d+`), `$1${patients.mix.bsn}`),
  replacing('a patient of another system', bsnRoot, '2.999.1'),
  replacing('another holder', new RegExp(`(root="${uraRoot}" extension=")\\d+`), '$190000501'),
  replacing('a holder of another system', uraRoot, '2.999.1'),
  replacing('a holder with a blank', /extension="(9000050\d)"/, 'extension="$1 "'),
  replacing(
    'two patients',
    /(<InstanceIdentifier[^>]*6\.3" extension=")(\d+)("\/>)/,
    `$1$2$3$1${patients.mix.bsn}$3`,
  ),
  replacing('two holders', /(<InstanceIdentifier[^>]*7\.3\.3" extension=")(\d+)("\/>)/, '$1$2$3$190000501$3'),
  replacing('another category', 'GGC013', 'GGC002'),
  replacing('a category in lower case', 'GGC013', 'ggc013'),
  replacing(
    'a category of another system',
    'codeSystem="2.16.840.1.113883.2.4.3.111.5.10.1"',
    'codeSystem="2.999.1"',
  ),
  replacing(
    'a permit on conditions',
    '</Decision>',
    '</Decision><Obligations><Obligation ObligationId="urn:x"/></Obligations>',
  ),
  replacing('a status that contradicts', 'status:ok', 'status:processing-error'),
  replacing('two decisions in one', '</Decision>', '</Decision><Decision>Deny</Decision>'),
  replacing('not applicable', '>Permit<', '>NotApplicable<'),
  replacing('indeterminate', '>Permit<', '>Indeterminate<'),
  replacing('indeterminate, but permit', '>Permit<', '>Indeterminate{P}<'),
  replacing('in capitals', '>Permit<', '>PERMIT<'),
  replacing('lower case', '>Permit<', '>permit<'),
  replacing('with more behind it', '>Permit<', '>Permitted<'),
  replacing('empty', '>Permit<', '><'),
  replacing('a word in an attribute', '<Decision>Permit</Decision>', '<Decision value="Permit"/>'),
  replacing('a word in a child', '>Permit<', '><b>Permit</b><'),
];

/** Where Mitz says no, a yes that stands elsewhere in its answer is none. */
export const smuggled: readonly Lie[] = [
  replacing('in a comment', '>Deny<', '><!--Permit-->Deny<'),
  replacing(
    'before it, by another namespace',
    '<Decision>',
    '<x:Decision xmlns:x="urn:x">Permit</x:Decision><Decision>',
  ),
  replacing('in a message', '<StatusCode', '<StatusMessage>Permit</StatusMessage><StatusCode'),
  replacing(
    'in a wrapper',
    '<Result>',
    '<Wrapper><Result><Decision>Permit</Decision></Result></Wrapper><Result>',
  ),
  saying('a Response in the header', (text) =>
    text.replace(
      '</s:Header>',
      `<Response>${resultIn(text).replace('Deny', 'Permit')}</Response></s:Header>`,
    ),
  ),
  saying('a second Response in the body', (text) =>
    text.replace(
      '<s:Body>',
      `<s:Body><Response xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17">${resultIn(text).replace('Deny', 'Permit')}</Response>`,
    ),
  ),
  saying('a body in front', (text) =>
    text.replace(
      '<s:Body>',
      `<s:Body>${/<Response.*<\/Response>/s.exec(text)?.[0].replaceAll('Deny', 'Permit')}</s:Body><s:Body>`,
    ),
  ),
  saying('an envelope around it', (text) => {
    const yes = text.replaceAll('>Deny<', '>Permit<');
    return text.replace('</s:Header>', `<w:Was xmlns:w="urn:w">${yes}</w:Was></s:Header>`);
  }),
  saying('signed no in a wrapper, unsigned yes in its place', (text) => {
    const own = resultIn(text);
    const signature =
      '<ds:Signature xmlns:ds="http://www.w3.org/2000/09/xmldsig#"><ds:SignedInfo/></ds:Signature>';
    return text.replace(own, `${own.replace('Deny', 'Permit')}<ignored>${signature}${own}</ignored>`);
  }),
  saying('another version of XACML', (text) =>
    text
      .replace(
        '<Response xmlns',
        '<Response xmlns="urn:oasis:names:tc:xacml:2.0:context:schema:os" xmlns:old',
      )
      .replace('>Deny<', '>Permit<'),
  ),
  replacing('split by a comment', '>Deny<', '>De<!---->ny<'),
  replacing('as CDATA', '>Deny<', '><![CDATA[Deny]]><'),
  replacing('as references', '>Deny<', '>&#68;eny<'),
];

const soap11 = 'http://schemas.xmlsoap.org/soap/envelope/';

export const envelopes: readonly Lie[] = [
  around('as HTML', 200, { 'content-type': 'text/html' }),
  around('as text', 200, { 'content-type': 'text/plain' }),
  around('as JSON', 200, { 'content-type': 'application/json' }),
  around('as multipart', 200, { 'content-type': 'multipart/related; boundary=x' }),
  around('in UTF-16', 200, { 'content-type': 'application/soap+xml; charset=utf-16' }),
  saying('SOAP 1.1', (text) => text.replaceAll('http://www.w3.org/2003/05/soap-envelope', soap11)),
  replacing('no namespace', / xmlns:s="[^"]*"/, ' xmlns:s="urn:none"'),
  replacing('another Action', /(<a:Action[^>]*>)[^<]*/, '$1urn:another:action'),
  replacing('no Action', /<a:Action.*?<\/a:Action>/, ''),
  replacing('two Actions', /<a:Action.*?<\/a:Action>/, '$&$&'),
  replacing(
    'RelatesTo another message',
    /(<a:RelatesTo>)[^<]*/,
    '$1urn:uuid:00000000-0000-4000-8000-000000000000',
  ),
  replacing('two bodies', /<s:Body>.*<\/s:Body>/s, '$&$&'),
  replacing('an empty body', /<s:Body>.*<\/s:Body>/s, '<s:Body/>'),
  replacing('two elements in the body', '</s:Body>', '<x/></s:Body>'),
  replacing(
    'a header that must be understood',
    '</s:Header>',
    '<x:Pay xmlns:x="urn:x" s:mustUnderstand="true"/></s:Header>',
  ),
  replacing('another root', /s:Envelope/g, 's:Letter'),
  saying('cut off', (text) => text.slice(0, -20)),
  saying('two documents', (text) => text + text),
  saying('bytes that are no UTF-8', (text) => `${text.slice(0, 200)}\u0000${text.slice(200)}`),
  packed('said to be packed, and not', 'gzip', (body) => body),
  packed('packed by another way', 'br', (body) => body),
];
