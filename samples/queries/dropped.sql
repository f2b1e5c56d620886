-- Who lost messages: program, messages that were not offered again, calls they are of.
--
-- A message whose rest is unknown is not counted, nor one that was sent later after all (revises). For one trace: numbers of calls begin anew in the
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
  select (json ->> '$.of')::bigint as number,
    if(json ->> '$.revises' is null, 1, -1) * json_array_length(json, '$.messages')::bigint as messages
  where kind = 'follow_up' and (json ->> '$.revises' is not null
    or json ->> '$.how' in ('skipped', 'abandoned', 'capped_rest'))
)
from calls join follow_ups using (number)
select program, sum(messages)::bigint as messages, count(distinct number) as calls
group by program
having sum(messages) > 0
order by messages desc, program;
