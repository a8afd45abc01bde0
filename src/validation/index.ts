// What does validation offer to the rest of the gateway?
export { openValidator, registryFor, type ValidationSettings, validationSettings } from './openValidator.ts';
export { createValidator, type Finding, type Policy, type Validator } from './validator.ts';
