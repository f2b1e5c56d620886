# Who lost messages: program, messages that were not offered again, calls they are of.
# Traced without --watch-retries, other calls than sendmmsg may have sent them.
#
# A record of what followed names its call by number, so calls that fell short are kept until the end
# of their trace. A message whose rest is unknown is not counted, nor one of which a later record
# takes it back (revises).
#
#   jq -rnf samples/queries/dropped.jq trace.jsonl
def isLoss: IN("skipped", "abandoned", "capped_rest");

reduce inputs as $record ({trace: 0, short: {}, lost: {}};
  if $record.kind == "trace_start" and $record.previous == null then .trace += 1 | .short = {}
  elif $record.kind == "call" and $record.verdict.cause != null then
    .short["\($record.seq)"] = $record.comm
  elif $record.kind == "follow_up" and .short["\($record.of)"] then
    .short["\($record.of)"] as $program
    | "\(.trace) \($record.of)" as $call
    | ($record.messages | length) as $count
    | if $record.how | isLoss then .lost[$program][$call] += $count else . end
    | if $record.revises | isLoss then .lost[$program][$call] -= $count else . end
  else . end)
| .lost | map_values(map(select(. > 0))) | to_entries | map([.key, (.value | add, length)] | select(.[2] > 0))
| sort_by(-.[1], .[0])[] | @tsv
