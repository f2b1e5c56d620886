-- How full batches are: messages offered in a call, calls, and messages that these calls sent.
--
--   duckdb < samples/queries/batches.sql               where trace.jsonl is
from read_ndjson_objects('trace.jsonl')
select
  (json ->> '$.verdict.asked')::bigint as offered, count(*) as calls,
  sum((json ->> '$.verdict.sent')::bigint)::bigint as sent
where json ->> '$.kind' = 'call'
group by offered
order by offered;
