/**
 * The rooms (folders of src) in their order, from the bottom: a room may know those of the floors beneath it, and no
 * other. What is not listed stands on top. docs/adr/0005-rooms.md shows it and says what belongs in each.
 */
module.exports = [
  ['http', 'database', 'csv'],
  ['attention', 'keys', 'metrics', 'sync'],
  ['retention'],
  ['allocation', 'idempotency'],
  ['board', 'log'],
  ['audit', 'feed', 'messaging'],
  ['notifications', 'views'],
  ['customers', 'webhooks'],
  ['orders'],
  ['cli', 'testing'],
];
