import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Controller, Get, Header, Param, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { definitions, type EventType, jsonSchema } from '#catalogue';
import { Public } from '../access/needs';
import { Problem, PROBLEMS, type ProblemType } from '../http/problem';
import { asyncApiDocument } from './async-api';
import { openApiDocument } from './document';
import { readSchema } from './read-schema';
import { START_PAGE } from './start-page';

const UI = join(createRequire(__filename).resolve('swagger-ui-dist/package.json'), '..');
const ASSETS: Readonly<Record<string, string>> = {
  'swagger-ui.css': 'text/css',
  'swagger-ui-bundle.js': 'text/javascript',
};
const START = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#page', deepLinking: true, defaultModelsExpandDepth: 0 });`;
const PAGE = `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Crisis log API</title><link rel="icon" href="data:,"><link rel="stylesheet" href="/docs/swagger-ui.css"></head>
<body><main id="page"></main><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;

/** The description of the API: for programs, for people, and what each problem means. */
@Controller()
export class OpenApiController {
  #document: string | undefined;
  #streams: string | undefined;

  @Get()
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  start(): string {
    return START_PAGE;
  }

  @Get('openapi.json')
  @Public()
  @Header('content-type', 'application/json')
  document(@Req() request: FastifyRequest): string {
    // Not before it is asked for: by then every route is registered.
    return (this.#document ??= JSON.stringify(openApiDocument(request.server.needed)));
  }

  /** AsyncAPI 3, of what is sent without being asked for each time. */
  @Get('asyncapi.json')
  @Public()
  @Header('content-type', 'application/json')
  streams(): string {
    return (this.#streams ??= JSON.stringify(asyncApiDocument()));
  }

  @Get('docs')
  @Public()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'")
  page(): string {
    return PAGE;
  }

  @Get('docs/:file')
  @Public()
  asset(@Param('file') file: string, @Res({ passthrough: true }) reply: FastifyReply): string {
    void reply.header('cache-control', 'max-age=86400');
    if (file === 'start.js') {
      void reply.type('text/javascript');
      return START;
    }
    const type = Object.hasOwn(ASSETS, file) ? ASSETS[file] : undefined;
    if (type === undefined) throw new Problem('not-found', `There is no /docs/${file}.`);
    void reply.type(type);
    return readFileSync(join(UI, file), 'utf8');
  }

  @Get('v1/schemas/:type')
  @Public()
  @Header('content-type', 'application/schema+json')
  schema(@Param('type') type: string): string {
    return JSON.stringify(jsonSchema(definitionOf(type).type));
  }

  /** `urn:crisis-log:event:{type}:{version}`. */
  @Get('v1/schemas/:type/:version')
  @Public()
  @Header('content-type', 'application/schema+json')
  versionOfSchema(@Param('type') type: string, @Param('version') version: string): string {
    return JSON.stringify(jsonSchema(definitionOf(type, version).type));
  }

  /** `urn:crisis-log:event:{type}:{version}:read`, the `dataschema` of items. */
  @Get('v1/schemas/:type/:version/read')
  @Public()
  @Header('content-type', 'application/schema+json')
  schemaAsRead(@Param('type') type: string, @Param('version') version: string): string {
    return JSON.stringify(readSchema(definitionOf(type, version)));
  }

  @Get('problems/:type')
  @Public()
  @Header('content-type', 'application/json')
  problem(@Param('type') type: string): string {
    if (!Object.hasOwn(PROBLEMS, type))
      throw new Problem('not-found', `There is no problem type ${JSON.stringify(type)}.`, {
        known: Object.keys(PROBLEMS),
      });
    const [status, title, next] = PROBLEMS[type as ProblemType];
    return JSON.stringify({ type: `/problems/${type}`, status, title, next });
  }
}

/** @throws Problem where this build has no such type, or has another version of it */
function definitionOf(type: string, version?: string): (typeof definitions)[number] & { readonly type: EventType } {
  const definition = definitions.find((candidate) => candidate.type === type);
  if (!definition)
    throw new Problem('not-found', `There is no event type ${JSON.stringify(type)}.`, {
      known: definitions.map((known) => known.type),
    });
  if (version !== undefined && version !== `${definition.version}`)
    throw new Problem('not-found', `This build reads and takes ${type} in version ${definition.version} only.`, {
      known: [`${definition.version}`],
    });
  return definition;
}
