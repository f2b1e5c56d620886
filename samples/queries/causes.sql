-- Why calls fell short: outcome, cause, errno, how sure that is, calls; most calls first.
--
--   duckdb < samples/queries/causes.sql                where trace.jsonl is
from read_ndjson_objects('trace.jsonl')
select
  json ->> '$.verdict.outcome' as outcome, json ->> '$.verdict.cause' as cause,
  coalesce(json ->> '$.verdict.errno', '-') as errno, json ->> '$.verdict.certainty' as certainty,
  count(*) as calls
where json ->> '$.kind' = 'call' and json ->> '$.verdict.cause' is not null
group by all
order by calls desc, outcome, cause, errno, certainty;
