import { type DynamicModule, Module } from '@nestjs/common';
import { DiscoveryModule } from '@nestjs/core';
import type { ModuleApi } from '../http/module-api';
import { OverviewController } from './entrypoints/overview.controller';
import { PageController } from './entrypoints/page.controller';
import { PageFiles } from './entrypoints/page-files';
import { RequestFigures } from './entrypoints/request-figures';
import { PANELS, SessionsController } from './entrypoints/sessions.controller';
import { Figures } from './figures';
import { Overview } from './overview';
import type { Panel } from './panel';

/** One page that shows what there is and what needs a person, live, and lets do what the API lets do. */
@Module({
  imports: [DiscoveryModule],
  controllers: [PageController, SessionsController, OverviewController],
  providers: [Overview, Figures, RequestFigures],
})
export class BoardModule {
  static readonly api: ModuleApi = {
    tags: [{ name: 'Board', description: 'What the page at /board stands on, besides all the other calls.' }],
  };

  /** @param modules those of the service, each with the panels that it adds */
  static forService(modules: readonly { readonly panels?: readonly Panel[] }[]): DynamicModule {
    const panels = modules.flatMap(({ panels = [] }) => panels);
    return {
      module: BoardModule,
      providers: [
        { provide: PANELS, useValue: panels },
        { provide: PageFiles, useFactory: () => new PageFiles(panels) },
      ],
    };
  }
}
