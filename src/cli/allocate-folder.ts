import 'reflect-metadata';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { LoggerService } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { CommandBus } from '@nestjs/cqrs';
import { CsvAllocationModule } from '../allocation/adapters/csv/csv-allocation.module';
import { OutcomeFiles } from '../allocation/adapters/csv/outcome-files';
import { CsvProductRepository } from '../allocation/adapters/csv/csv-product-repository';
import { runWithCorrelation, currentCorrelation } from '../correlation';
import { CsvFileError } from '../csv/read-csv';
import { FolderRun, type RowListener } from './folder-run';

/** Who wants to know how it goes. */
export interface Listener extends RowListener {
  warning(message: string): void;
}

/** What became of the rows of orders.csv, and how many rows of all files were refused. */
export interface FolderOutcome {
  readonly orderLines: number;
  readonly allocated: number;
  /** Left out when none is reserved. */
  readonly reserved?: number;
  /** Allocated before, or the same line once more. */
  readonly unchanged: number;
  readonly outOfStock: number;
  /** How many of those that are out of stock wait; left out when none waits. */
  readonly waiting?: number;
  readonly refused: number;
  /** False when the files were left as they were, because the run was strict and rows were refused. */
  readonly written: boolean;
}

/**
 * Allocates the order lines of a folder from its batches.csv, orders.csv and, if they are there, allocations.csv,
 * reserved.csv and waiting.csv. Adds to allocations.csv and writes the others, and out_of_stock.csv.
 * @param strict write nothing when any row is refused
 * @param now when the run is
 * @throws CsvFileError, Error when a file cannot be read or written; all files are as they were then
 */
export async function allocateFolder(
  folder: string,
  strict: boolean,
  listener: Listener,
  now = new Date(),
): Promise<FolderOutcome> {
  if (!existsSync(folder)) throw new CsvFileError(`${folder}: there is no such folder`);
  for (const name of ['batches.csv', 'orders.csv']) {
    const path = join(folder, name);
    if (!existsSync(path)) throw new CsvFileError(`${path}: there is no such file`);
  }
  const files = await OutcomeFiles.open(folder);
  try {
    const products = new CsvProductRepository(files, () => now);
    const app = await NestFactory.createApplicationContext(CsvAllocationModule.on(products), {
      logger: warningsTo(listener),
      abortOnError: false,
    });
    const run = new FolderRun(folder, products, files, app.get(CommandBus), listener, now);
    await runWithCorrelation(currentCorrelation(), () => run.everything());
    await app.close();

    const { orderLines, unchanged, refused } = run;
    const { allocated, reserved, outOfStock, waiting } = files;
    const written = refused === 0 || !strict;
    if (written) files.replace();
    return {
      orderLines,
      allocated,
      ...(reserved > 0 && { reserved }),
      unchanged,
      outOfStock,
      ...(waiting > 0 && { waiting }),
      refused,
      written,
    };
  } finally {
    files.discard();
  }
}

function warningsTo(listener: Listener): LoggerService {
  const report = (message: unknown) => listener.warning(String(message));
  return { log: () => {}, warn: report, error: report, fatal: report };
}
