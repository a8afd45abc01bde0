// What does validation offer to the rest of the gateway?
export {
  openValidator,
  ownPackageFolder,
  registryFor,
  type ValidationSettings,
  validationSettings,
} from './openValidator.ts';
export { layered, type Registry } from './registry.ts';
export { entriesOf, placesOf } from './shelf.ts';
export { createValidator, type Finding, type Policy, type Validator } from './validator.ts';
