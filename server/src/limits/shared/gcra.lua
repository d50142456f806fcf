-- Takes of several counts together, or of none, by the generic cell rate algorithm.
--
-- A count is one number: the time, in microseconds, at which all of it is back. KEYS are the counts, all
-- different; each has three ARGV: the time in which one comes back, how many there are at most, and how
-- many are taken, at most as many as that. Gives which count makes wait longest (0: all were taken),
-- for how long, and what is left of each.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]

local back, left = {}, {}
local longest, wait = 0, 0
for i, key in ipairs(KEYS) do
    local each, burst, cost = tonumber(ARGV[3 * i - 2]), tonumber(ARGV[3 * i - 1]), tonumber(ARGV[3 * i])
    local full = math.max(tonumber(redis.call('GET', key) or now), now)
    local free = now + each * burst - full
    local missing = each * cost - free
    if missing > wait then
        longest, wait = i, missing
    end
    back[i] = full + each * cost
    left[i] = math.max(math.floor(free / each), 0)
end
if longest == 0 then
    for i, key in ipairs(KEYS) do
        left[i] = left[i] - ARGV[3 * i]
        -- A count that is full again is as good as none.
        local keep = math.ceil((back[i] - now) / 1000)
        redis.call('SET', key, string.format('%.0f', back[i]), 'PX', math.max(keep, 1))
    end
end
return { longest, wait, unpack(left) }
