import { Controller, Get, Header, Inject, Query, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { LEVELS, type Level } from '#event-log';
import { Needs } from '../access/needs';
import { Context } from '../app.context';
import { requireCrisisId } from '../http/crisis-id';
import { requireEventId } from '../http/event-id';
import { lineAnswer } from '../http/line-answer';
import { badParameter, numberParameter, onlyKnown, type Query as Parameters, textParameter } from '../http/parameters';
import { readerOf } from '../access/caller';
import { Problem } from '../http/problem';
import { asOfParameter, momentParameter } from '../views/moment-of';
import { floorToMinute } from '../views/time';

const MAX_SIZE = 999_999_999;
const LEFT_OUT = ['refs', 'sources'] as const;

/** What an auditor asks: the log's commitments and their proofs, and what was known, and shown, at any moment. */
@Controller('v1/audit')
export class AuditController {
  constructor(@Inject(Context) private readonly context: Context) {}

  // The size of a tree tells how much there is, hidden events too.
  @Get('tree-head')
  @Needs('log:prove')
  @Header('content-type', 'application/json')
  async treeHead(@Query() query: Parameters): Promise<string> {
    onlyKnown(query, []);
    return this.context.notary.ask({ kind: 'head' });
  }

  /** That an event is in the log, where it stands. The event must be one that the caller sees. */
  @Get('proofs/inclusion')
  @Needs('log:prove')
  @Header('content-type', 'application/json')
  async inclusion(@Query() query: Parameters, @Req() request: FastifyRequest): Promise<string> {
    onlyKnown(query, ['crisis', 'eventId']);
    const crisis = requireCrisisId(textParameter(query, 'crisis'));
    const eventId = requireEventId(textParameter(query, 'eventId'));
    const { level } = readerOf(request, crisis);
    const position = Number(await this.context.views.ask({ kind: 'position', crisis, eventId, level }));
    return this.context.notary.ask({ kind: 'inclusion', position });
  }

  /** That the log of one size begins with the log of another. */
  @Get('proofs/consistency')
  @Needs('log:prove')
  @Header('content-type', 'application/json')
  async consistency(@Query() query: Parameters): Promise<string> {
    onlyKnown(query, ['from', 'to']);
    return this.context.notary.ask({
      kind: 'consistency',
      from: sizeParameter(query, 'from'),
      to: sizeParameter(query, 'to'),
    });
  }

  /** A crisis with everything that proves it, for `crisis-log verify`, by what the caller may see. */
  @Get('bundle')
  @Needs('log:prove', 'log:read')
  async bundle(
    @Query() query: Parameters,
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<unknown> {
    onlyKnown(query, ['crisis', 'without', 'shownTo']);
    const crisis = requireCrisisId(textParameter(query, 'crisis'));
    const reader = readerOf(request, crisis);
    const level = levelParameter(query, reader.level) ?? reader.level;
    const without = withoutParameter(query);
    this.context.streams.take(request, reply);
    const { revision, size } = JSON.parse(await this.context.notary.ask({ kind: 'head' })) as Record<string, number>;
    // Markings are looked at after the head was made: of what came later nothing is in the bundle.
    // This question also puts the reading of what is RED on record.
    const shownTo = { ...reader, level };
    const hidden = await this.context.views.ask({ kind: 'hidden', crisis, reader: shownTo, before: size! });
    const lines = this.context.notary.bundle({
      crisis,
      head: revision!,
      hidden: JSON.parse(hidden) as number[],
      without: [...without, ...(reader.seesNumbers ? [] : (['author'] as const))],
    });
    return lineAnswer(request, reply, lines);
  }

  /** The views as they stood: with `shownTo`, as they were shown then, by the markings then in force. */
  @Get('replay')
  @Needs('log:read')
  @Header('content-type', 'application/json')
  async replay(@Query() query: Parameters, @Req() request: FastifyRequest): Promise<string> {
    onlyKnown(query, ['crisis', 'at', 'asOf', 'shownTo']);
    const crisis = requireCrisisId(textParameter(query, 'crisis'));
    const reader = readerOf(request, crisis);
    const shownTo = levelParameter(query, reader.level);
    if (shownTo !== undefined && reader.level !== 'RED')
      throw new Problem('shown-needs-red', `You read ${crisis} at ${reader.level}.`, { crisisId: crisis });
    const { tokens, clock, views } = this.context;
    const level = shownTo ?? reader.level;
    const now = clock();
    const at = momentParameter(query, 'at', now);
    // RED sees what any level does: of a cursor only the position counts, and what was shown to others at it.
    const asOf = asOfParameter(query, 'asOf', tokens, shownTo === undefined ? level : undefined);
    return views.ask({
      kind: 'replay',
      crisis,
      reader: { ...reader, level },
      asShown: shownTo !== undefined,
      now,
      ...(at !== undefined && { at: floorToMinute(at) }),
      ...(asOf && { asOf }),
    });
  }

  /** What was believed at two points of the record about one moment of the world, and what made the difference. */
  @Get('diff')
  @Needs('log:read')
  @Header('content-type', 'application/json')
  async diff(@Query() query: Parameters, @Req() request: FastifyRequest): Promise<string> {
    onlyKnown(query, ['crisis', 'at', 'asOfA', 'asOfB']);
    const crisis = requireCrisisId(textParameter(query, 'crisis'));
    const reader = readerOf(request, crisis);
    const { tokens, clock, views } = this.context;
    const now = clock();
    const at = momentParameter(query, 'at', now);
    const asOfA = asOfParameter(query, 'asOfA', tokens, reader.level);
    const asOf = asOfParameter(query, 'asOfB', tokens, reader.level);
    return views.ask({
      kind: 'diff',
      crisis,
      reader,
      now,
      ...(at !== undefined && { at: floorToMinute(at) }),
      ...(asOf && { asOf }),
      ...(asOfA && { asOfA }),
    });
  }
}

function sizeParameter(query: Parameters, name: string): number {
  const size = numberParameter(query, name, { min: 1, max: MAX_SIZE, default: 0 });
  if (size === 0) throw badParameter(name, 'the size of a tree head.');
  return size;
}

/** A level not above the caller's. */
function levelParameter(query: Parameters, highest: Level): Level | undefined {
  const text = textParameter(query, 'shownTo');
  if (text === undefined) return undefined;
  const allowed = LEVELS.slice(0, LEVELS.indexOf(highest) + 1);
  if (!allowed.includes(text as Level)) throw badParameter('shownTo', `one of ${allowed.join(', ')}.`);
  return text as Level;
}

function withoutParameter(query: Parameters): ('refs' | 'sources')[] {
  const names = textParameter(query, 'without')?.split(',') ?? [];
  const unknown = names.find((name) => !(LEFT_OUT as readonly string[]).includes(name));
  if (unknown !== undefined) throw badParameter('without', `${LEFT_OUT.join(', ')} or both.`);
  return names as ('refs' | 'sources')[];
}
