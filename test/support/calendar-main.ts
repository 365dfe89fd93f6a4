import '../../bench/simulation/process-clock';

/* The service with a clock that a simulation puts forward. */
void (require('../../src/main') as unknown);
