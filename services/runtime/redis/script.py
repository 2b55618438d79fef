"""The one write: documents, places and what is told of them, at once and only onto known places.

Redis runs a script alone and as a whole. What may be refused (another type under a key, no room) is
refused before the first document is written.
"""

PUT = """
local views, changes = KEYS[1], KEYS[2]
local built_on, positions, lacking, kept, told, written = unpack(ARGV, 1, 6)
if (redis.call('HGET', views, 'positions') or '{}') ~= built_on then
  return false
end
local before = redis.call('HGET', views, 'revision') or '0-0'
local revision = redis.call('XADD', changes, 'MAXLEN', '~', kept, '*', 'before', before,
  'built_on', built_on, 'positions', positions, 'lacking', lacking, 'told', told)
local last = 6 + 2 * tonumber(written)
for at = 7, last, 2 do
  redis.call('HSET', views, ARGV[at], ARGV[at + 1])
end
for at = last + 1, #ARGV do
  redis.call('HDEL', views, ARGV[at])
end
if redis.call('HGET', views, 'lacking') == '0' then
  lacking = '0'
end
redis.call('HSET', views, 'revision', revision, 'positions', positions, 'lacking', lacking)
return {before, revision, lacking}
"""
