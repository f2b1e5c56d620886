-- Who lost messages: program, messages that were not offered again, calls they are of.
--
-- A message whose rest is unknown is not counted. For one trace: numbers of calls begin anew in the
-- next.
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
  select (json ->> '$.of')::bigint as number, json_array_length(json, '$.messages') as messages
  where kind = 'follow_up' and json ->> '$.how' in ('skipped', 'abandoned', 'capped_rest')
)
from calls join follow_ups using (number)
select program, sum(messages)::bigint as messages, count(distinct number) as calls
group by program
order by messages desc, program;
