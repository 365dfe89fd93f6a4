import { existsSync, realpathSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Type } from '@nestjs/common';
import { MODULE_METADATA } from '@nestjs/common/constants.js';
import { getMetadataStorage, IsOptional, IsString } from 'class-validator';
import { ConfigError } from './config';
import { isScope } from './scopes';

/** Which modules are there besides those that the service comes with. */
export class ModulesSettings {
  /** Packages, or files that begin with `./` or `/`, separated by commas. Each is loaded from the working directory. */
  @IsOptional()
  @IsString()
  readonly MODULES?: string;
}

/** The members of Nest's `@Module`, by one of which its classes are known. */
const NEST_MODULE = Object.values(MODULE_METADATA);
const OWN_MANIFEST = realpathSync(join(__dirname, '../package.json'));

/**
 * Loads the modules that `MODULES` names: of each package or file the one class with Nest's `@Module` that it exports.
 * @throws ConfigError that names the module, with what to do
 */
export function loadModules(names = ''): readonly Type[] {
  const fromHere = createRequire(join(process.cwd(), 'package.json'));
  const named = new Set(names.split(',').map((name) => name.trim()));
  return [...named].filter((name) => name !== '').map((name) => loadModule(fromHere, name));
}

function loadModule(fromHere: NodeJS.Require, name: string): Type {
  const refuse = (why: string, cause?: unknown) =>
    new ConfigError(`The settings cannot be used:\n  MODULES names ${name}, ${why}`, { cause });
  let file: string;
  let exported: Record<string, unknown>;
  try {
    file = fromHere.resolve(name);
  } catch (error) {
    throw refuse(`which is not installed in ${process.cwd()}: install it there`, error);
  }
  const own = manifestOfService(file);
  if (own !== undefined && own !== OWN_MANIFEST)
    // Events and errors of another copy are of other classes.
    throw refuse(`which finds another copy of the service (${own}): install both into one folder`);
  try {
    exported = fromHere(name) as Record<string, unknown>;
  } catch (error) {
    throw refuse(`which cannot be loaded: ${error instanceof Error ? error.message : String(error)}`, error);
  }
  const found = [...new Set(Object.values(exported))].filter(isNestModule);
  if (found.length !== 1)
    throw refuse(
      `which exports ${found.length === 0 ? 'no module' : `${found.length} modules`}: export one class with @Module()`,
    );
  const [module] = found;
  const mistake = mistakeIn(module);
  if (mistake) throw refuse(`whose class ${module.name} ${mistake}`);
  return module;
}

/** The manifest of the copy of the service that a file would import; undefined when it would find none. */
function manifestOfService(file: string): string | undefined {
  try {
    const found = createRequire(file).resolve('stock-allocation/package.json');
    return existsSync(found) ? realpathSync(found) : undefined;
  } catch {
    return undefined;
  }
}

function isNestModule(value: unknown): value is Type {
  return typeof value === 'function' && NEST_MODULE.some((key) => Reflect.hasMetadata(key, value));
}

/**
 * What is wrong with the static members of the class. Perhaps no compiler has checked them: a module may be plain
 * JavaScript.
 */
function mistakeIn(module: Type): string | undefined {
  const { settings, migrations, views, panels } = module as unknown as Record<string, unknown>;
  if (settings !== undefined && !isSettingsClass(settings))
    return 'has `settings` that are no class with properties that class-validator checks: decorate each setting';
  if (migrations !== undefined && !isListOf(migrations, isMigration))
    return 'has `migrations` with something else than classes whose names end in 13 digits, when they were written: rename them';
  if (views !== undefined && !isListOf(views, isView))
    return 'has `views` without `name`, `tables` or `write`: see RebuildableView';
  if (panels !== undefined && !isListOf(panels, isPanel))
    return 'has `panels` without `name` (small letters and dashes), `title`, `scope` or a `file` that is there: see Panel';
  return undefined;
}

function isSettingsClass(value: unknown): boolean {
  const checks = (type: new () => object) =>
    getMetadataStorage().getTargetValidationMetadatas(type, type.name, false, false);
  return typeof value === 'function' && checks(value as new () => object).length > 0;
}

function isListOf(value: unknown, is: (each: unknown) => boolean): boolean {
  return Array.isArray(value) && value.every(is);
}

function isMigration(value: unknown): boolean {
  return typeof value === 'function' && /\d{13}$/.test(value.name);
}

function isView(value: unknown): boolean {
  const { name, tables, write } = (value ?? {}) as Record<string, unknown>;
  return typeof name === 'string' && Array.isArray(tables) && typeof write === 'function';
}

function isPanel(value: unknown): boolean {
  const { name, title, scope, file } = (value ?? {}) as Record<string, unknown>;
  const isNamed = typeof name === 'string' && /^[a-z][a-z-]*$/.test(name) && typeof title === 'string';
  return isNamed && isScope(scope) && typeof file === 'string' && existsSync(file);
}
