// Which Dutch belongs to which message of an error? `{}` stands for a part that differs from one request to the next.
import { dutchExchangeTexts } from './dutchExchangeTexts.ts';

/** Of the way in: address, body, form and identity. */
const ofTheWayIn = {
  'A BSN never belongs in an address; ask by POST, in the body.':
    'Een BSN hoort nooit in een adres; vraag met POST, in de body.',
  'A body here is one of {}, in UTF-8.': 'Een body is hier een van {}, in UTF-8.',
  'A body may be coded once, with gzip, deflate or br.':
    'Een body mag één keer gecodeerd zijn, met gzip, deflate of br.',
  'A body may hold at most {} bytes, unpacked.': 'Een body mag uitgepakt hooguit {} bytes groot zijn.',
  'A notification has a body.': 'Een notificatie heeft een body.',
  'A parameter is given both in the address and in the body.':
    'Een parameter staat zowel in het adres als in de body.',
  'A {} takes no body here.': 'Bij {} hoort hier geen body.',
  'Access could not be checked.': 'De toegang kon niet worden gecontroleerd.',
  'An access token belongs in the Authorization header alone.':
    'Een access token hoort alleen in de Authorization-header.',
  'Notifications are posted here.': 'Notificaties komen hier binnen met POST.',
  'Only Mitz may notify here, and it has to prove itself.':
    'Alleen Mitz mag hier notificeren, en moet zich daarvoor bewijzen.',
  'The Authorization header must hold one bearer token.':
    'De Authorization-header moet één bearer token bevatten.',
  'The access token is not valid.': 'Het access token is niet geldig.',
  'The address holds a part that no address here has.':
    'Het adres heeft een deel dat hier in geen adres voorkomt.',
  'The address is not well encoded.': 'Het adres is niet goed gecodeerd.',
  'The address is too long.': 'Het adres is te lang.',
  'The address must start with a slash.': 'Het adres moet met een schuine streep beginnen.',
  'The body does not unpack.': 'De body is niet uit te pakken.',
  'The body ended before it was complete.': 'De body hield op voordat hij compleet was.',
  'The body is not a FHIR resource.': 'De body is geen FHIR-resource.',
  'The body of a search is {}, in UTF-8.': 'De body van een zoekvraag is {}, in UTF-8.',
  'The gateway could not answer in time.': 'De gateway kon niet op tijd antwoorden.',
  'The gateway has no room for this request now.': 'De gateway heeft nu geen ruimte voor dit verzoek.',
  'The header {} is given more than once.': 'De header {} komt meer dan één keer voor.',
  'The parameter `{}` is given more than once.': 'De parameter `{}` komt meer dan één keer voor.',
  'The query has a malformed parameter.': 'De query heeft een parameter die niet goed is gevormd.',
  'The query has too many parameters.': 'De query heeft te veel parameters.',
  'The request is not framed as HTTP/1.1 frames it.':
    'Het verzoek is niet ingedeeld zoals HTTP/1.1 dat doet.',
  'The resource does not have the structure of its type.':
    'De resource heeft niet de structuur van zijn type.',
  'The store is not available': 'De opslag is niet beschikbaar',
  'There is no such handover.': 'Deze overdracht is er niet.',
  'There is nothing at this address.': 'Op dit adres is niets.',
  'This address answers in application/json or text/html.':
    'Dit adres antwoordt in application/json of text/html.',
  'This address answers in text/html.': 'Dit adres antwoordt in text/html.',
  'This address answers in {} or {} or {}.': 'Dit adres antwoordt in {} of {} of {}.',
  'This address answers in {} or {}.': 'Dit adres antwoordt in {} of {}.',
  'This address can only be read.': 'Dit adres kan alleen worden gelezen.',
  'This address does not know that method.': 'Dit adres kent die methode niet.',
  'This address needs an access token.': 'Voor dit adres is een access token nodig.',
  'This client may not notify of changed consent.': 'Deze client mag geen gewijzigde toestemming melden.',
  'This method is not supported.': 'Deze methode wordt niet ondersteund.',
  'Too many large requests at once.': 'Te veel grote verzoeken tegelijk.',
  'Too many requests at once; wait for answers before asking more.':
    'Te veel verzoeken tegelijk; wacht eerst op antwoorden.',
  'Too many requests; ask again later.': 'Te veel verzoeken; vraag het later opnieuw.',
} as const;

/** Every message that a caller can get, with its Dutch. */
export const dutchTexts: Readonly<Record<string, string>> = { ...ofTheWayIn, ...dutchExchangeTexts };
