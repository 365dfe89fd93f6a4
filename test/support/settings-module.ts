import type { DynamicModule } from '@nestjs/common';
import { AppModule, loadConfig } from '../../src/app.module';

class SettingsModule {}

/** The settings of all modules, for a test that puts some of them together. */
export function settingsModule(environment: NodeJS.ProcessEnv): DynamicModule {
  const config = loadConfig(environment);
  return {
    module: SettingsModule,
    global: true,
    providers: AppModule.settings.map((settings) => ({ provide: settings, useValue: config })),
    exports: [...AppModule.settings],
  };
}
