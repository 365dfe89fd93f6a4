import { eventTypes, movementTypes } from '../../src/allocation/contracts';

// The page has no types.
const { EVENT_TYPES } = jest.requireActual<{ EVENT_TYPES: string[] }>('../../src/board/page/words.js');
const { MOVEMENT_TYPES } = jest.requireActual<{ MOVEMENT_TYPES: string[] }>('../../src/board/page/ledger.js');

test('the board has words for every type of event, and so its pages hear of each', () => {
  expect([...EVENT_TYPES].sort()).toEqual(Object.keys(eventTypes).sort());
});

test('the page of a SKU asks for movements again after every type of event that is one', () => {
  expect([...MOVEMENT_TYPES].sort()).toEqual([...movementTypes].sort());
});
