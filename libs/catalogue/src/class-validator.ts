/**
 * What the catalogue takes of class-validator and class-transformer, each from its own file: their indexes load every
 * validator there is, 350 modules with the phone numbers of the world, in every thread and every command.
 */
export { Type } from 'class-transformer/cjs/decorators/type.decorator';
export { ValidateBy } from 'class-validator/cjs/decorator/common/ValidateBy';
export { ValidateIf } from 'class-validator/cjs/decorator/common/ValidateIf';
export { ValidateNested } from 'class-validator/cjs/decorator/common/ValidateNested';
export { getMetadataStorage } from 'class-validator/cjs/metadata/MetadataStorage';
export type { ValidationMetadata } from 'class-validator/cjs/metadata/ValidationMetadata';
export type { ValidationArguments } from 'class-validator/cjs/validation/ValidationArguments';
export { ValidationTypes } from 'class-validator/cjs/validation/ValidationTypes';
