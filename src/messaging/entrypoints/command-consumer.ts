import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnModuleDestroy,
} from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { v7 as uuid } from 'uuid';
import { DuplicateMessage, DomainError } from '../../allocation/contracts';
import { runWithCorrelation } from '../../correlation';
import { SpanKind, traced } from '../../tracing';
import { Unavailable } from '../../unavailable';
import { type IncomingMessage, MessageBroker, Unprocessable } from '../broker/broker';
import { commandOf } from './command-messages';

/** How much of a message the log shows. */
const EXCERPT = 200;

/** Carries out the commands that other systems send by message (the book's chapter 11). */
@Injectable()
export class CommandConsumer implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly logger = new Logger(CommandConsumer.name);
  /** How many messages came to what, since the start. */
  readonly counts = { carriedOut: 0, duplicate: 0, refused: 0, failed: 0 };
  private stopping?: Promise<void>;

  constructor(
    @Inject(MessageBroker) private readonly broker: MessageBroker | undefined,
    private readonly commandBus: CommandBus,
    private readonly httpAdapterHost: HttpAdapterHost,
  ) {}

  /** Messages are taken in once HTTP listens: then all handlers are in place, and this is a service. */
  onApplicationBootstrap(): void {
    this.httpAdapterHost.listen$.subscribe(() => void this.start());
  }

  async start(): Promise<void> {
    await this.broker?.subscribe((message) => this.consume(message));
  }

  /** Before anything else stops. */
  onModuleDestroy(): Promise<void> {
    return this.stop();
  }

  /** Takes no more messages in. Resolves when those under way are dealt with, within bounds. */
  stop(): Promise<void> {
    this.stopping ??= this.unsubscribe();
    return this.stopping;
  }

  private async unsubscribe(): Promise<void> {
    await this.broker?.unsubscribe();
    if (this.broker) this.logger.log({ counts: this.counts }, 'Takes no more messages');
  }

  /**
   * Carries out what the message asks for, unless that was done before.
   * @throws Unprocessable when it cannot be understood, or the business refuses it; any other error when
   *   it may go better next time
   */
  async consume(message: IncomingMessage): Promise<void> {
    const id = message.id ?? uuid();
    const { correlationId = id, channel, traceparent } = message;
    try {
      await traced(
        `process ${channel}`,
        {
          kind: SpanKind.CONSUMER,
          attributes: {
            'messaging.system': 'redis',
            'messaging.destination.name': channel,
            'messaging.message.id': id,
          },
          parent: { traceparent },
        },
        async (own) => {
          const command = commandOf(message);
          const correlation = {
            correlationId,
            causationId: id,
            messageId: message.id,
            traceparent: own,
          };
          await runWithCorrelation(correlation, () => this.commandBus.execute(command));
        },
      );
      this.counts.carriedOut += 1;
    } catch (error) {
      if (error instanceof DuplicateMessage) {
        this.counts.duplicate += 1;
        this.logger.log({ requestId: correlationId }, `${error.message}; skipped`);
        return;
      }
      throw this.failure(message, correlationId, error);
    }
  }

  private failure(
    { channel, id = 'without id', body }: IncomingMessage,
    requestId: string,
    error: unknown,
  ): unknown {
    const about = `message ${id} of ${channel}`;
    if (error instanceof Unprocessable || error instanceof DomainError) {
      this.counts.refused += 1;
      const excerpt = Buffer.from(body.subarray(0, EXCERPT)).toString();
      this.logger.warn({ requestId, excerpt }, `Refused ${about}: ${error.message}`);
      return error instanceof DomainError ? new Unprocessable(error.message) : error;
    }
    this.counts.failed += 1;
    if (error instanceof Unavailable) {
      if (!error.announced) this.logger.warn({ requestId }, `Could not carry out ${about}: ${error.message}`);
    } else this.logger.error({ requestId, err: error }, `Failed to carry out ${about}`);
    return error;
  }
}
