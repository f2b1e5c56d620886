-- Who lost messages: program, messages that were not offered again, calls they are of.
-- Traced without --watch-retries, other calls than sendmmsg may have sent them.
--
-- A message whose rest is unknown is not counted, nor one of which a later record takes it back
-- (revises). For one trace: numbers of calls begin anew in the next.
--
--   duckdb < samples/queries/dropped.sql               where trace.jsonl is
with records as (
  from read_ndjson_objects('trace.jsonl')
  select json, json ->> '$.kind' as kind
), calls as (
  from records select (json ->> '$.seq')::bigint as number, json ->> '$.comm' as program
  where kind = 'call'
), follow_ups as (
  from records
  select (json ->> '$.of')::bigint as number, json ->> '$.how' as how, json ->> '$.revises' as revises,
    json_array_length(json, '$.messages')::bigint as messages
  where kind = 'follow_up'
), changes as (
  from follow_ups select number, how, messages
  union all from follow_ups select number, revises, -messages
), lost as (
  from changes select number, sum(messages) as messages
  where how in ('skipped', 'abandoned', 'capped_rest')
  group by number
  having sum(messages) > 0
)
from calls join lost using (number)
select program, sum(messages)::bigint as messages, count(*) as calls
group by program
order by messages desc, program;
