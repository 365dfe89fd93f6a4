import { applyDecorators } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension } from '@nestjs/swagger';
import type { KeyScope } from '../../scopes';
import type { Deprecation } from '../openapi/deprecation';

/** What a call asks for that needs no key. */
export const PUBLIC = 'public';

/** What the OpenAPI document calls it. */
export const REQUIRED_SCOPE = 'x-required-scope';

/** What this service says of a route to those who look at it before its handler does. */
export interface RouteSettings {
  /** The scope that a key must have, or that none is needed. */
  readonly scope?: KeyScope | typeof PUBLIC;
  /** Since when it is deprecated; see `Deprecated`. */
  readonly deprecation?: Deprecation;
  /** Errors have the form that clients of the book's API expect. */
  readonly bookErrors?: true;
}

const settingsOf = new WeakMap<object, RouteSettings>();

/** Says something of a route, beside what is said of it already: Nest's RouteConfig alone would replace that. */
export function routeSettings(more: RouteSettings): MethodDecorator {
  return (target, key, descriptor) => {
    const method = descriptor.value as object;
    const settings = { ...settingsOf.get(method), ...more };
    settingsOf.set(method, settings);
    RouteConfig(settings)(target, key, descriptor);
  };
}

/**
 * Says which scope a key must have for a call, or for all calls of a controller that say nothing themselves. A call of
 * which nothing is said stops the start.
 */
export function RequireScope(scope: KeyScope): ClassDecorator & MethodDecorator {
  return asksFor(scope);
}

/** The same for a call that everyone may make, without a key. */
export function Public(): ClassDecorator & MethodDecorator {
  return asksFor(PUBLIC);
}

function asksFor(scope: KeyScope | typeof PUBLIC): ClassDecorator & MethodDecorator {
  const ofMethod = applyDecorators(routeSettings({ scope }), ApiExtension(REQUIRED_SCOPE, scope));
  return (target: object, key?: string | symbol, descriptor?: PropertyDescriptor) => {
    if (key !== undefined) return void (ofMethod as MethodDecorator)(target, key, descriptor!);
    // Decorators of methods have run by now.
    const { prototype } = target as { prototype: object };
    for (const [name, method] of Object.entries(Object.getOwnPropertyDescriptors(prototype))) {
      const isSaid = typeof method.value !== 'function' || settingsOf.get(method.value as object)?.scope;
      if (name !== 'constructor' && !isSaid) (ofMethod as MethodDecorator)(prototype, name, method);
    }
  };
}
