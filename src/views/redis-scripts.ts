import type { Redis } from 'ioredis';

/*
 * The view in Redis, of each SKU
 *   availability:open:<sku>    batches with something left, by reference: arrives position|available|sequence
 *   availability:closed:<sku>  sequence numbers of the others, by reference
 * and of all together
 *   availability:state         building:<by whom>, then complete:<run id of the server>
 * Day of arrival and position are digits of a fixed length, so that entries sort by rule 2.
 */

export const STATE = 'availability:state';
export const KEYS = 'availability:*';

/** Takes sku, reference, day and position, available, sequence of each batch; older ones than shown are left out. */
const show = `
for i = 1, #ARGV, 5 do
  local open, closed = 'availability:open:' .. ARGV[i], 'availability:closed:' .. ARGV[i]
  local ref, available, sequence = ARGV[i + 1], ARGV[i + 3], tonumber(ARGV[i + 4])
  local entry = redis.call('HGET', open, ref)
  local shown = entry and string.match(entry, '%d+$') or redis.call('HGET', closed, ref)
  if not shown or tonumber(shown) < sequence then
    if tonumber(available) > 0 then
      redis.call('HSET', open, ref, ARGV[i + 2] .. '|' .. available .. '|' .. ARGV[i + 4])
      redis.call('HDEL', closed, ref)
    else
      redis.call('HSET', closed, ref, ARGV[i + 4])
      redis.call('HDEL', open, ref)
    end
  end
end`;

/**
 * Takes the state that is expected, then sku and quantity of each question. Answers nothing in another state;
 * else for each question the batch (or '') and its day, then each day and what it has left.
 */
const ask = `
if redis.call('GET', '${STATE}') ~= ARGV[1] then return false end
local answers = {}
for i = 2, #ARGV, 2 do
  local open = 'availability:open:' .. ARGV[i]
  local qty = tonumber(ARGV[i + 1])
  local entries, fields = {}, redis.call('HGETALL', open)
  for j = 1, #fields, 2 do entries[#entries + 1] = fields[j + 1] .. '|' .. fields[j] end
  table.sort(entries)
  local answer = {'', ''}
  for _, entry in ipairs(entries) do
    local day, available, ref = string.match(entry, '^(%d%d%d%d%d%d%d%d)%d+|(%d+)|%d+|(.*)$')
    available = tonumber(available)
    if answer[1] == '' and qty and available >= qty then answer[1], answer[2] = ref, day end
    if answer[#answer - 1] == day and #answer > 2 then
      answer[#answer] = answer[#answer] + available
    else
      answer[#answer + 1] = day
      answer[#answer + 1] = available
    end
  end
  if #entries == 0 and redis.call('EXISTS', 'availability:closed:' .. ARGV[i]) == 0 then answer = {} end
  answers[#answers + 1] = answer
end
return answers`;

/** Takes what the state was, what it becomes, and for how many ms (0: for good). Answers 0 when it was another. */
const proceed = `
if redis.call('GET', '${STATE}') ~= ARGV[1] then return 0 end
if ARGV[3] == '0' then redis.call('SET', '${STATE}', ARGV[2])
else redis.call('SET', '${STATE}', ARGV[2], 'PX', ARGV[3]) end
return 1`;

/** Takes what the state must be, then keys, which go. Answers 0 when it was another. */
const clear = `
if redis.call('GET', '${STATE}') ~= ARGV[1] then return 0 end
for i = 2, #ARGV do redis.call('UNLINK', ARGV[i]) end
return 1`;

/** A connection that knows the scripts. */
export type ScriptedRedis = Redis & {
  showBatches(...batches: (string | number)[]): Promise<null>;
  askAvailability(state: string, ...wanted: (string | number)[]): Promise<(string | number)[][] | null>;
  proceed(from: string, to: string, ms: number): Promise<0 | 1>;
  clearKeys(state: string, ...keys: string[]): Promise<0 | 1>;
};

/** Teaches a connection the scripts. */
export function scripted(redis: Redis): ScriptedRedis {
  redis.defineCommand('showBatches', { numberOfKeys: 0, lua: show });
  redis.defineCommand('askAvailability', { numberOfKeys: 0, lua: ask });
  redis.defineCommand('proceed', { numberOfKeys: 0, lua: proceed });
  redis.defineCommand('clearKeys', { numberOfKeys: 0, lua: clear });
  return redis as ScriptedRedis;
}
