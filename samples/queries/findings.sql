-- Every call that fell short: its number, program, what was sent, the message it ended at and why,
-- and what the program did about the rest, without what a later record takes back (revises). For
-- one trace.
--
--   duckdb < samples/queries/findings.sql              where trace.jsonl is
with records as (
  from read_ndjson_objects('trace.jsonl')
  select json, json ->> '$.kind' as kind
), calls as (
  from records
  select (json ->> '$.seq')::bigint as number, json ->> '$.comm' as program, json -> '$.verdict' as verdict
  where kind = 'call' and json ->> '$.verdict.cause' is not null
), follow_ups as (
  from records
  select (json ->> '$.of')::bigint as number, json ->> '$.how' as how, json ->> '$.revises' as revises,
    json_array_length(json, '$.messages')::bigint as messages
  where kind = 'follow_up'
), changes as (
  from follow_ups select number, how, messages
  union all from follow_ups select number, revises, -messages where revises is not null
), fates as (
  from changes select number, format('{} {}', how, sum(messages)::bigint) as after
  group by number, how
  having sum(messages) > 0
)
from calls left join fates using (number)
select
  number, program, format('{}/{}', verdict ->> '$.sent', verdict ->> '$.asked') as sent,
  coalesce(verdict ->> '$.at', '-') as at,
  coalesce(verdict ->> '$.errno', verdict ->> '$.cause') as error,
  coalesce(verdict ->> '$.why', '-') as why,
  coalesce(string_agg(after, ', ' order by after), '') as followed
group by all
order by number;
