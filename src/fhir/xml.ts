// How does XML come in and go out without losing or hiding anything? http://hl7.org/fhir/STU3/xml.html
export { parseXml, refuseDoctype } from './xmlParse.ts';
export { printXml } from './xmlPrint.ts';
