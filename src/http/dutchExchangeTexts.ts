// Which Dutch belongs to what an exchange refuses with? `{}` stands for a part that differs from one request to the next.

/** Of every exchange: matching, asking, searching, registering. */
const ofEvery = {
  'A batch or transaction is not a transaction of any exchange':
    'Geen uitwisseling kent een batch of transaction',
  'A parameter is given more than once': 'Een parameter komt meer dan één keer voor',
  'Consent could not be checked': 'De toestemming kon niet worden gecontroleerd',
  'No search of this exchange reads so. Allowed here: {}':
    'Zo luidt geen zoekvraag van deze uitwisseling. Hier mag: {}',
  'No such address': 'Dit adres is er niet',
  'No such operation is defined here': 'Een operatie met deze naam is hier niet gedefinieerd',
  'No such resource': 'Deze resource is er niet',
  'Searching is not a transaction of this exchange': 'Zoeken is geen transactie van deze uitwisseling',
  'The Parameters cannot be used': 'De Parameters zijn zo niet te gebruiken',
  'The identifier is too long': 'De identificatie is te lang',
  'The parameter `answer` is `card` or `bundle`': 'De parameter `answer` is `card` of `bundle`',
  'The question cannot be put as it is': 'De vraag kan zo niet worden gesteld',
  'The question lacks something that consent rests on':
    'In de vraag ontbreekt iets waarop toestemming berust',
  'The right to this content has ended': 'Het recht op deze inhoud is geëindigd',
  'The search names no patient': 'De zoekvraag noemt geen patiënt',
  'The token does not cover this exchange': 'Het token geldt niet voor deze uitwisseling',
  'The token does not cover this exchange: ask one with the scope `{}`':
    'Het token geldt niet voor deze uitwisseling: vraag er een met de scope `{}`',
  'There is no such Task': 'Deze Task is er niet',
  'There is no such page, or no longer; search again': 'Deze pagina is er niet, of niet meer; zoek opnieuw',
  'There is no such patient here; search the patient first':
    'Deze patiënt is hier niet bekend; zoek de patiënt eerst op',
  'This address does not know that method': 'Dit adres kent die methode niet',
  'This link does not lead to a page': 'Deze link leidt niet naar een pagina',
  'This may not be asked so': 'Dit mag zo niet worden gevraagd',
  'This operation takes Parameters': 'Bij deze operatie hoort een Parameters-resource',
  'This request has a parameter that the exchange does not list':
    'Dit verzoek heeft een parameter die de uitwisseling niet noemt',
} as const;

const ofRegistration = {
  'The set has another version than If-Match says': 'De set heeft een andere versie dan If-Match zegt',
  'There is no such set': 'Deze set is er niet',
  'There is nothing to register in this request': 'In dit verzoek staat niets om te registreren',
  'This cannot be registered': 'Dit kan niet worden geregistreerd',
  'This content has been superseded; If-Match says that it is meant to return':
    'Deze inhoud is al vervangen; alleen met If-Match kan zij terugkomen',
  'This content is older than what is registered; If-Match says that it is meant':
    'Deze inhoud is ouder dan wat hier geregistreerd is; alleen met If-Match is dat mogelijk',
  'This set is of another patient; a set never changes its patient':
    'Deze set is van een andere patiënt; een set wisselt nooit van patiënt',
  'This set was revoked; register a new one': 'Deze set is ingetrokken; registreer een nieuwe',
} as const;

const ofHandover = {
  'If-Match is not an entity tag': 'If-Match is geen entity tag',
  'Only the receiver updates this Task': 'Alleen de ontvanger werkt deze Task bij',
  'Only the status of this Task may change': 'Alleen de status van deze Task mag veranderen',
  'The Task cannot go to that status': 'De Task kan niet naar die status',
  'The Task has changed meanwhile; read it again': 'De Task is intussen gewijzigd; lees de Task opnieuw',
  'The Task has changed since': 'De Task is sindsdien gewijzigd',
  'The Task has no id': 'De Task heeft geen id',
  "The Task's id is not that of the address": 'Het id van de Task is niet dat van het adres',
  'The body is not a Task': 'De body is geen Task',
  'The handover cannot be accepted': 'De overdracht kan niet worden aangenomen',
  'The push could not be read; try again': 'De overdracht kon niet worden gelezen; probeer het opnieuw',
  'The receiver has completed this handover; it can no longer be cancelled':
    'De ontvanger heeft deze overdracht afgerond; intrekken kan niet meer',
  'The sender has cancelled this handover': 'De afzender heeft deze overdracht ingetrokken',
  'This case was cancelled; use a new case':
    'De overdracht met dit kenmerk is ingetrokken; gebruik een nieuw kenmerk',
  'This case is about another patient; use a new case':
    'Dit kenmerk hoort bij een andere patiënt; gebruik een nieuw kenmerk',
  'This case was handed over to another receiver; cancel it and use a new case':
    'De overdracht met dit kenmerk ging naar een andere ontvanger; trek haar in en gebruik een nieuw kenmerk',
} as const;

const ofMedication = {
  'A Binary may carry ADA XML; FHIR is registered as it is':
    'In een Binary mag ADA-XML staan; FHIR wordt geregistreerd zoals het is',
  'A new version came in between; ask again': 'Er kwam een nieuwe versie tussen; vraag opnieuw',
  'Nothing here has stops': 'Niets heeft hier een stop',
  'The JSON is not a FHIR resource': 'De JSON is geen FHIR-resource',
  'The XML is not an ADA document': 'De XML is geen ADA-document',
  'The XML is not an ADA document with medication': 'De XML is geen ADA-document met medicatie',
  'The operation takes Parameters': 'Bij de operatie hoort een Parameters-resource',
  'The operation takes {}, and nothing else': 'De operatie kent {}, en niets anders',
  'This cannot be pushed': 'Dit kan niet worden verstuurd',
  'This case was pushed to another receiver; use a new case':
    'Onder dit kenmerk is naar een andere ontvanger verstuurd; gebruik een nieuw kenmerk',
  '`category` is no building block with stops here': '`category` is hier geen bouwsteen met een stop',
  '`include-details` is a boolean': '`include-details` is een boolean',
  '`mbh` is an Identifier with system and value': '`mbh` is een Identifier met system en value',
  '`patient` is an Identifier with a BSN': '`patient` is een Identifier met een BSN',
  '`{}` is given more than once': '`{}` komt meer dan één keer voor',
  'period-of-use knows eq, gt, lt, ge and le, not {}':
    'period-of-use kent eq, gt, lt, ge en le, maar {} niet',
  '{} has a value that is no date': '{} heeft een waarde die geen datum is',
  '{} is not a search parameter here': '{} is hier geen zoekparameter',
} as const;

const ofConsent = {
  'A later version of this consent is registered here':
    'Van deze toestemming is hier een latere versie geregistreerd',
  'A written reason is needed: parameter `reason`, valueString':
    'Een geschreven reden is nodig: parameter `reason`, valueString',
  'A written reason of at least {} letters is needed':
    'Een geschreven reden van ten minste {} letters is nodig',
  'Break-glass is not open to this request': 'De noodprocedure staat voor dit verzoek niet open',
  'Give either `id` (valueId) or `identifier` (valueIdentifier with system and value)':
    'Geef óf `id` (valueId), óf `identifier` (valueIdentifier met system en value)',
  'Give one Consent: by itself, or as Parameters.parameter `consent`':
    'Geef één Consent: op zichzelf, of als Parameters.parameter `consent`',
  'The body is not a Mitz notification.': 'De body is geen Mitz-notificatie.',
  'The notification could not be kept; send it again.':
    'De notificatie kon niet worden bewaard; stuur haar opnieuw.',
  'The reason may have at most {} characters': 'De reden mag hooguit {} tekens lang zijn',
  'The reason must not hold a BSN': 'In de reden mag geen BSN staan',
  'There is no such consent of this organisation':
    'Van deze organisatie is hier geen Consent met dit kenmerk geregistreerd',
  'This Consent cannot be registered': 'Deze Consent kan niet worden geregistreerd',
  'This gateway has no subscription that the notification belongs to.':
    'Deze gateway heeft geen abonnement waar de notificatie bij hoort.',
  'This grant is being widened now': 'Deze noodtoegang wordt op dit moment verruimd',
} as const;

export const dutchExchangeTexts = {
  ...ofEvery,
  ...ofRegistration,
  ...ofHandover,
  ...ofMedication,
  ...ofConsent,
} as const;
