/** The only door into this module for others. */
export { Mails } from './mails';
export type { Mail } from './mailer';
export { NotificationsSettings } from './notifications-settings';
