import type { Redis } from 'ioredis';

/*
 * The view in Redis, of each SKU
 *   availability:open:<sku>    batches with something left, by reference: arrives position|available|sequence
 *   availability:closed:<sku>  sequence numbers of the others, by reference
 *   availability:answer:<sku>  what is answered of it, kept until one of its batches changes
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
    redis.call('DEL', 'availability:answer:' .. ARGV[i])
  end
end`;

/**
 * Takes the state that is expected, then SKUs. Answers nothing in another state; else for each SKU its open
 * batches as the text that OpenBatchesTexts reads, or nothing when it is not known.
 */
const ask = `
if redis.call('GET', '${STATE}') ~= ARGV[1] then return false end
local answers = {}
for i = 2, #ARGV do
  local key = 'availability:answer:' .. ARGV[i]
  local answer = redis.call('GET', key)
  if not answer then
    local entries, fields = {}, redis.call('HGETALL', 'availability:open:' .. ARGV[i])
    for j = 1, #fields, 2 do entries[#entries + 1] = fields[j + 1] .. '|' .. fields[j] end
    table.sort(entries)
    for j, entry in ipairs(entries) do
      local year, month, day, available, ref = string.match(entry, '^(%d%d%d%d)(%d%d)(%d%d)%d+|(%d+)|%d+|(.*)$')
      local eta = year == '0000' and cjson.null or year .. '-' .. month .. '-' .. day
      entries[j] = {ref, eta, tonumber(available)}
    end
    if #entries > 0 then
      answer = cjson.encode(entries)
    elseif redis.call('EXISTS', 'availability:closed:' .. ARGV[i]) == 1 then
      answer = '[]'
    end
    if answer then redis.call('SET', key, answer) end
  end
  answers[i - 1] = answer
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
  askAvailability(state: string, ...skus: string[]): Promise<(string | null)[] | null>;
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
