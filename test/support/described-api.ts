import addFormats from 'ajv-formats';
import Ajv2020, { type ValidateFunction } from 'ajv/dist/2020';

/** The description of the API as its clients read it: one source for what is asked and what may be answered. */
export interface Described {
  readonly method: string;
  /** With `{parameters}`. */
  readonly path: string;
  readonly operation: DescribedOperation;
}

export interface DescribedParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required?: true;
  readonly schema: Schema;
  readonly example?: string | number;
}

export interface DescribedOperation {
  readonly operationId: string;
  readonly parameters?: readonly DescribedParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, BodyDescription>> };
  readonly responses: Readonly<
    Record<string, { readonly content: Readonly<Record<string, { readonly schema: Schema }>> }>
  >;
}

interface BodyDescription {
  readonly schema: Schema;
  readonly examples: Readonly<Record<string, { readonly value: unknown }>>;
}

export type Schema = { readonly [keyword: string]: unknown };

export interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, DescribedOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Schema>> };
}

export interface Answered {
  readonly status: number;
  readonly contentType: string;
  readonly text: string;
}

/** Holds answers against the document. */
export class DescribedApi {
  readonly operations: readonly Described[];
  readonly #ajv = addFormats(new Ajv2020({ strict: false, allErrors: false }));

  constructor(readonly document: Document) {
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, operation })),
    );
    this.#ajv.addSchema({ ...document, $id: 'document' });
  }

  /** What is wrong with an answer to an operation; undefined when it is as described. */
  complaintAbout({ path, method, operation }: Described, { status, contentType, text }: Answered): string | undefined {
    const described = operation.responses[status];
    const mediaType = contentType.split(';')[0]!;
    const where = `${operation.operationId} ${status} ${mediaType}`;
    if (!described) return `${where}: an undocumented status: ${text.slice(0, 300)}`;
    if (!described.content[mediaType]) return `${where}: an undocumented media type: ${text.slice(0, 300)}`;
    if (!/[/+]json$/.test(mediaType)) return undefined;
    const pointer = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', mediaType, 'schema'];
    return this.#judge(where, pointer, JSON.parse(text));
  }

  complaintAboutBody({ path, method, operation: { operationId } }: Described, body: unknown): string | undefined {
    const pointer = ['paths', path, method.toLowerCase(), 'requestBody', 'content', 'application/json', 'schema'];
    return this.#judge(operationId, pointer, body);
  }

  complaintAboutSchema(name: string, value: unknown): string | undefined {
    return this.#judge(name, ['components', 'schemas', name], value);
  }

  #judge(where: string, pointer: readonly string[], value: unknown): string | undefined {
    const validate = this.#validator(pointer);
    if (validate(value)) return undefined;
    return `${where}: ${this.#ajv.errorsText(validate.errors)} in ${JSON.stringify(value).slice(0, 1000)}`;
  }

  /** Compiled once: Ajv keeps what it was asked by reference. */
  #validator(pointer: readonly string[]): ValidateFunction {
    const fragment = pointer.map((part) => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1')));
    return this.#ajv.getSchema(`document#/${fragment.join('/')}`)!;
  }
}
