-- Where calls take long: destination, calls, and what 50% and 99% of them do not exceed, and the
-- longest, in microseconds; longest first. A call to several destinations counts for each.
--
--   duckdb < samples/queries/slowest.sql               where trace.jsonl is
with calls as (
  from read_ndjson_objects('trace.jsonl')
  select row_number() over () as number, json, (json ->> '$.duration_ns')::bigint as duration
  where json ->> '$.kind' = 'call'
), messages as (
  from calls
  select number, duration, json -> '$.socket.peer' as peer,
    unnest(json_extract(json, '$.messages[*].name')) as name
), targets as (
  from messages select number, duration, case when json_type(name) = 'OBJECT' then name else peer end as target
), pairs as (
  from targets
  select distinct number, duration,
    case target ->> '$.family'
      when 'AF_INET' then coalesce((target ->> '$.address') || ':' || (target ->> '$.port'), 'AF_INET')
      when 'AF_INET6' then coalesce('[' || (target ->> '$.address') || ']:' || (target ->> '$.port'), 'AF_INET6')
      when 'AF_UNIX' then coalesce(target ->> '$.path', target ->> '$.abstract', 'unnamed')
      else coalesce(target ->> '$.family', 'unknown family')
    end as destination
  where json_type(target) = 'OBJECT' and duration is not null
)
from pairs
select
  destination, count(*) as calls, quantile_disc(duration, 0.5) / 1000 as p50,
  quantile_disc(duration, 0.99) / 1000 as p99, max(duration) / 1000 as longest
group by destination
order by longest desc, destination;
