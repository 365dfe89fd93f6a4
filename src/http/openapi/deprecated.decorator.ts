import { applyDecorators } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import { type Deprecation, DEPRECATION, deprecationHeaders } from './deprecation';
import { isDay } from '../../syntax';
import type { HttpAdapter } from '../http-adapter';
import { type RouteSettings, routeSettings } from '../access/required-scope';

/**
 * Says of a call that it should not be used any more. It goes on as ever, but its answers carry the headers Deprecation
 * (RFC 9745), Sunset (RFC 8594) and Link, and the OpenAPI document marks it. What to use instead belongs into its
 * description.
 * @throws Error when a day is none, or it is gone before it is deprecated
 */
export function Deprecated(deprecation: Deprecation): MethodDecorator {
  const { since, sunset } = deprecation;
  const wrong = [since, sunset].find((day) => day !== undefined && !isDay(day)) as string | undefined;
  if (wrong !== undefined) throw new Error(`@Deprecated: ${wrong} is no day, such as 2030-01-31`);
  if (sunset !== undefined && sunset < since)
    throw new Error(`@Deprecated: a call cannot be gone (${sunset}) before it is deprecated (${since})`);
  return applyDecorators(routeSettings({ deprecation }), ApiExtension(DEPRECATION, deprecation));
}

/**
 * Has calls that are deprecated say so in their answers. Others get no hook, and cost nothing.
 * @param adapter without any routes as yet
 */
export function announceDeprecations(adapter: HttpAdapter): void {
  adapter.getInstance().addHook('onRoute', (route) => {
    const { deprecation } = { ...route.config } as RouteSettings;
    if (!deprecation) return;
    const headers = deprecationHeaders(deprecation);
    route.onSend = [
      ...[route.onSend ?? []].flat(),
      (_request, reply, payload, done) => {
        reply.headers(headers);
        done(null, payload);
      },
    ];
  });
}
