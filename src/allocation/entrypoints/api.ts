import type { ModuleApi } from '../../http/module-api';
import { allocationProblems } from './problems';

const description = `
Order lines come in, stock comes in as batches (in the warehouse, or on a ship with an arrival date), and the
service decides which batch serves which line, and keeps that promise when reality changes.

**Names.** References, order ids and SKUs have 1 to 255 characters. A new one has no control characters, no
invisible characters and no blanks around it, and is neither \`.\` nor \`..\`. What was stored under such a name
earlier can still be looked at, changed and given back: a name that only looks for something may be any.

**ETA.** A batch without \`eta\` is in the warehouse, so \`ETA\` is not ignored but refused with "did you mean eta?".
(A name of three letters has many neighbours: \`meta\` is ignored beside \`eta\`.)

**Sending again is safe**, when an answer got lost or was a 503: nothing is done twice.
- *Create a batch*: accepted again, and changes nothing, when the batch was created with the same content, whatever
  happened to it since, or has the same content now.
- *Allocate a line*: accepted again, and changes nothing, while the line is allocated. A line that was out of stock is
  tried anew. A line that was given back meanwhile is allocated anew, since nothing in the request tells a late
  repetition from a new wish: stop repeating before you give a line back.
- *Give a line back*: 404 the second time, and changes nothing.
- *Reallocate a line*: it stays where it is, or moves to a batch that is better still.
- *Confirm or dispatch a line*, *record an arrival*: change nothing the second time.
- *Set the quantity or ETA of a batch*: changes nothing, but when another one was set meanwhile, it is set back. Send
  \`If-Match\` to be refused (412) instead.
- *Adjust the stock of a batch*: is done twice. Send \`If-Match\` to be refused (412) instead.
`;

/** What HTTP clients of the module have to know besides its calls. */
export const allocationApi: ModuleApi = { description, problems: allocationProblems };
