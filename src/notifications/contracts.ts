/** The only door into this module for others. */
export { Mails } from './mail/mails';
export type { Mail } from './mail/mailer';
export { NotificationsSettings } from './notifications-settings';
