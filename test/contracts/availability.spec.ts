import { PostgresAvailability } from '../../src/views/availability/postgres-availability';
import { availabilityContract } from './availability.contract';

availabilityContract('PostgreSQL', async (dataSource) => new PostgresAvailability(dataSource));
