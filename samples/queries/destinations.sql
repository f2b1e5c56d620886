-- Where the bytes went: destination, messages offered, messages sent, bytes sent; most bytes first.
--
--   duckdb < samples/queries/destinations.sql          where trace.jsonl is
with calls as (
  from read_ndjson_objects('trace.jsonl') select json
  where json ->> '$.kind' = 'call'
), messages as (
  from calls select json -> '$.socket.peer' as peer, unnest(json_extract(json, '$.messages[*]')) as message
), sent as (
  from messages select
    case when json_type(message -> '$.name') = 'OBJECT' then message -> '$.name' else peer end as target,
    (message ->> '$.msg_len')::bigint as length
)
from sent
select
  case target ->> '$.family'
    when 'AF_INET' then coalesce((target ->> '$.address') || ':' || (target ->> '$.port'), 'AF_INET')
    when 'AF_INET6' then coalesce('[' || (target ->> '$.address') || ']:' || (target ->> '$.port'), 'AF_INET6')
    when 'AF_UNIX' then coalesce(target ->> '$.path', target ->> '$.abstract', 'unnamed')
    else coalesce(target ->> '$.family', 'unknown family')
  end as destination,
  count(*) as offered, count(length) as sent, coalesce(sum(length), 0)::bigint as bytes
where json_type(target) = 'OBJECT'
group by destination
order by bytes desc, destination;
