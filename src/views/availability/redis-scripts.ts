import type { Redis } from 'ioredis';

/*
 * The copy in Redis has two hashes for each SKU
 *   available:open:<sku>    batches with something left, =reference: arrives createdSequence|available|sequence;
 *                           pieces that have not left the batches of a day, >day of arrival;
 *                           lines that are reserved or wait, +: version|text;
 *                           and the answers that were made of these: `answer` of the batches, until one of them changes,
 *                           `more` of the rest
 *   available:closed:<sku>  sequence numbers of the other batches, =reference;
 *                           what each batch adds to its day, ~reference: version|day of arrival|pieces
 * and for all together
 *   available:epoch         names what may be believed: see RedisEpoch
 * Day of arrival and created sequence are digits of a fixed length, so that entries sort by rule 2.
 *
 * Redis may throw away any of these keys to get memory, each alone. So both hashes of a SKU have a mark, field #: the
 * epoch when the SKU is complete, epoch/id while somebody fills it. A change is written only where both are there with
 * the same mark; what began without the batches of before would never be complete. Where they are not, the change makes
 * the SKU absent. So the first hash alone is enough to answer from.
 *
 * An older instance knows no fields but =reference and `answer`. A SKU that it has filled lacks + and is filled anew.
 */

export const EPOCH = 'available:epoch';

const functions = `
local function keys(sku) return 'available:open:' .. sku, 'available:closed:' .. sku end
local function mark(open, closed)
  local mark = redis.call('HGET', open, '#')
  if mark and mark == redis.call('HGET', closed, '#') then return mark end
end
local function set_mark(open, closed, mark, ms)
  redis.call('HSET', open, '#', mark)
  redis.call('HSET', closed, '#', mark)
  redis.call('PEXPIRE', open, ms)
  redis.call('PEXPIRE', closed, ms)
end
`;

/** Takes SKU, reference, day and created sequence, available, sequence, pieces, version of each batch; older ones are left out. */
const show = `${functions}
for i = 1, #ARGV, 7 do
  local open, closed = keys(ARGV[i])
  if not mark(open, closed) then
    redis.call('UNLINK', open, closed)
  else
    local ref, available, sequence, version = ARGV[i + 1], ARGV[i + 3], tonumber(ARGV[i + 4]), ARGV[i + 6]
    local field, entry = '=' .. ref, redis.call('HGET', open, '=' .. ref)
    local shown = tonumber(entry and string.match(entry, '%d+$') or redis.call('HGET', closed, field) or -1)
    local added = redis.call('HGET', closed, '~' .. ref) or '-1||0'
    local added_version, added_day, added_pieces = string.match(added, '^(-?%d+)|(%d*)|(-?%d+)$')
    if shown < sequence or shown == sequence and tonumber(added_version) < tonumber(version) then
      if tonumber(available) > 0 then
        redis.call('HSET', open, field, ARGV[i + 2] .. '|' .. available .. '|' .. ARGV[i + 4])
        redis.call('HDEL', closed, field)
      else
        redis.call('HSET', closed, field, ARGV[i + 4])
        redis.call('HDEL', open, field)
      end
      redis.call('HDEL', open, 'answer')
      local day, pieces = string.sub(ARGV[i + 2], 1, 8), ARGV[i + 5]
      redis.call('HSET', closed, '~' .. ref, version .. '|' .. day .. '|' .. pieces)
      if day ~= added_day or pieces ~= added_pieces then
        redis.call('HDEL', open, 'more')
        if added_day ~= '' then redis.call('HINCRBY', open, '>' .. added_day, -tonumber(added_pieces)) end
        redis.call('HINCRBY', open, '>' .. day, pieces)
      end
    end
  end
end`;

/** Takes SKU, version and text of the lines of each SKU; older ones are left out. */
const showLines = `${functions}
for i = 1, #ARGV, 3 do
  local open, closed = keys(ARGV[i])
  if not mark(open, closed) then
    redis.call('UNLINK', open, closed)
  else
    local shown = redis.call('HGET', open, '+')
    if not shown or tonumber(string.match(shown, '^%d+')) < tonumber(ARGV[i + 1]) then
      redis.call('HSET', open, '+', ARGV[i + 1] .. '|' .. ARGV[i + 2])
      redis.call('HDEL', open, 'more')
    end
  end
end`;

/**
 * Takes the epoch that is expected, then SKUs. Answers nothing in another epoch; else for each SKU the text that
 * AvailabilityTexts reads, or nothing when it is absent.
 */
const ask = `${functions}
local function day_of(digits)
  local year, month, day = string.match(digits, '^(%d%d%d%d)(%d%d)(%d%d)')
  return year ~= '0000' and year .. '-' .. month .. '-' .. day
end
local function batches_of(open)
  local entries, fields = {}, redis.call('HGETALL', open)
  for j = 1, #fields, 2 do
    if string.sub(fields[j], 1, 1) == '=' then
      entries[#entries + 1] = fields[j + 1] .. '|' .. string.sub(fields[j], 2)
    end
  end
  table.sort(entries)
  for j, entry in ipairs(entries) do
    local digits, available, sequence, ref = string.match(entry, '^(%d+)|(%d+)|(%d+)|(.*)$')
    entries[j] = {ref, day_of(digits) or cjson.null, tonumber(available), tonumber(sequence)}
  end
  return #entries > 0 and cjson.encode(entries) or '[]'
end
local function more_of(open, lines)
  local days, fields = {}, redis.call('HGETALL', open)
  for j = 1, #fields, 2 do
    if string.sub(fields[j], 1, 1) == '>' and tonumber(fields[j + 1]) ~= 0 then
      local day = day_of(string.sub(fields[j], 2))
      days[#days + 1] = '[' .. (day and '"' .. day .. '"' or 'null') .. ',' .. fields[j + 1] .. ']'
    end
  end
  return '[' .. table.concat(days, ',') .. '],' .. string.match(lines, '|(.*)$')
end
if redis.call('GET', '${EPOCH}') ~= ARGV[1] then return false end
local answers = {}
for i = 2, #ARGV do
  local open = keys(ARGV[i])
  local found = redis.call('HMGET', open, '#', '+', 'answer', 'more')
  local answer = false
  if found[1] == ARGV[1] and found[2] then
    local batches, more = found[3], found[4]
    if not batches then
      batches = batches_of(open)
      redis.call('HSET', open, 'answer', batches)
    end
    if not more then
      more = more_of(open, found[2])
      redis.call('HSET', open, 'more', more)
    end
    answer = '[' .. batches .. ',' .. more .. ']'
  end
  answers[i - 1] = answer
end
return answers`;

/** Takes epoch, id and ms, then SKUs. Begins to fill those that are absent and answers them; ends by itself after ms. */
const begin = `${functions}
local begun = {}
if redis.call('GET', '${EPOCH}') ~= ARGV[1] then return begun end
for i = 4, #ARGV do
  local open, closed = keys(ARGV[i])
  local found = mark(open, closed)
  local isOlders = found == ARGV[1] and redis.call('HEXISTS', open, '+') == 0
  if isOlders or not found or string.sub(found, 1, #ARGV[1]) ~= ARGV[1] then
    redis.call('UNLINK', open, closed)
    set_mark(open, closed, ARGV[1] .. '/' .. ARGV[2], ARGV[3])
    begun[#begun + 1] = ARGV[i]
  end
end
return begun`;

/** Takes epoch, id and ms, then SKUs. Those that this id still fills are complete, for so long. */
const complete = `${functions}
if redis.call('GET', '${EPOCH}') ~= ARGV[1] then return end
for i = 4, #ARGV do
  local open, closed = keys(ARGV[i])
  if mark(open, closed) == ARGV[1] .. '/' .. ARGV[2] then set_mark(open, closed, ARGV[1], ARGV[3]) end
end`;

/** Takes how the epoch must begin, a new one, and whether that is needed in any case (1). Answers the one that holds. */
const agree = `
local current = redis.call('GET', '${EPOCH}')
if ARGV[3] ~= '1' and current and string.sub(current, 1, #ARGV[1]) == ARGV[1] then return current end
redis.call('SET', '${EPOCH}', ARGV[2])
return ARGV[2]`;

/** A connection that knows the scripts. */
export type ScriptedRedis = Redis & {
  showBatches(...batches: (string | number)[]): Promise<null>;
  showLines(...lines: (string | number)[]): Promise<null>;
  askAvailability(epoch: string, ...skus: string[]): Promise<(string | null)[] | null>;
  beginToFill(epoch: string, id: string, ms: number, ...skus: string[]): Promise<string[]>;
  completeFilling(epoch: string, id: string, ms: number, ...skus: string[]): Promise<null>;
  agreeOnEpoch(prefix: string, proposed: string, isNeeded: '0' | '1'): Promise<string>;
};

/** Teaches a connection the scripts. */
export function scripted(redis: Redis): ScriptedRedis {
  redis.defineCommand('showBatches', { numberOfKeys: 0, lua: show });
  redis.defineCommand('showLines', { numberOfKeys: 0, lua: showLines });
  redis.defineCommand('askAvailability', { numberOfKeys: 0, lua: ask });
  redis.defineCommand('beginToFill', { numberOfKeys: 0, lua: begin });
  redis.defineCommand('completeFilling', { numberOfKeys: 0, lua: complete });
  redis.defineCommand('agreeOnEpoch', { numberOfKeys: 0, lua: agree });
  return redis as ScriptedRedis;
}
