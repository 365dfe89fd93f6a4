/** The only door into this module for others. */
export { IntroduceCustomer, PriorityOfCustomer, RecordOrder } from './application/commands';
