-- Slots and requests of several hosts: all or nothing. The arithmetic of app/domain/budget.py; one contract suite holds both to it.
-- KEYS: of each host its state (hash) and its slots (sorted set: holder -> end). ARGV: holder, lease ms, urgent, longest turn ms, next look ms,
-- days of memory in s, then of each host: concurrency, rate, burst, requests. All times are milliseconds of this server's clock.
-- Returns {0, trial, ...} or {number of the host, wait ms, reason}.
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)
local holder, lease, urgent = ARGV[1], tonumber(ARGV[2]), ARGV[3] == '1'
local longest, look, memory = tonumber(ARGV[4]), tonumber(ARGV[5]), tonumber(ARGV[6])
local hosts, refused = {}, nil
for i = 1, #KEYS / 2 do
  local a = 6 + 4 * (i - 1)
  local host = {
    state = KEYS[2 * i - 1], slots = KEYS[2 * i],
    limit = tonumber(ARGV[a + 1]), rate = tonumber(ARGV[a + 2]), burst = tonumber(ARGV[a + 3]), want = tonumber(ARGV[a + 4]),
  }
  local kept = redis.call('HMGET', host.state, 'until', 'trial', 'turn', 'tokens', 'refilled')
  local free_from = tonumber(kept[1] or 0)
  host.trial = tonumber(kept[2] or 0)
  redis.call('ZREMRANGEBYSCORE', host.slots, '-inf', now)
  host.tokens = math.min(host.burst, tonumber(kept[4] or 0) + math.max(now - tonumber(kept[5] or 0), 0) * host.rate / 1000)
  local allowed = host.trial == 1 and 1 or host.limit
  local wait, why = 0, ''
  if free_from > now then
    wait, why = free_from - now, 'backing_off'
  elseif not redis.call('ZSCORE', host.slots, holder) and redis.call('ZCARD', host.slots) >= allowed then
    wait, why = look, 'concurrency'
  elseif host.rate > 0 and host.tokens < math.min(host.want, host.burst) then
    wait, why = (host.burst - host.tokens) / host.rate * 1000, 'rate'
  end
  if why ~= '' then
    if not urgent then
      local turn = math.max(tonumber(kept[3] or 0), now + wait) + look / host.limit
      redis.call('HSET', host.state, 'turn', string.format('%.3f', turn))
      redis.call('EXPIRE', host.state, memory)
      wait = math.max(wait, math.min(turn - now, longest))
    end
    if not refused or wait > refused[2] then refused = { i, math.ceil(wait), why } end
  end
  hosts[i] = host
end
if refused then return refused end
local given = { 0 }
for i, host in ipairs(hosts) do
  redis.call('ZADD', host.slots, now + lease, holder)
  redis.call('HSET', host.state, 'tokens', string.format('%.3f', host.tokens - host.want), 'refilled', now)
  redis.call('EXPIRE', host.state, memory)
  redis.call('EXPIRE', host.slots, memory)
  given[i + 1] = host.trial
end
return given
