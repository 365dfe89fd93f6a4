import '../simulation/process-clock';
import { built } from './built';

/* The built service with a clock that a simulation puts forward. */
built('main');
