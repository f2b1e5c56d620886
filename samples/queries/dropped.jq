# Who lost messages: program, messages that were not offered again, calls they are of.
#
# A record of what followed names its call by number, so calls that fell short are kept until the end
# of their trace. A message whose rest is unknown is not counted, nor one that was sent later after
# all (revises).
#
#   jq -rnf samples/queries/dropped.jq trace.jsonl
reduce inputs as $record ({short: {}, lost: {}};
  if $record.kind == "trace_start" and $record.previous == null then .short = {}
  elif $record.kind == "call" and $record.verdict.cause != null then
    .short["\($record.seq)"] = $record.comm
  elif $record.kind == "follow_up" and
       ($record.how | IN("skipped", "abandoned", "capped_rest")) then
    .short["\($record.of)"] as $program
    | .lost[$program] |= [(.[0] // 0) + ($record.messages | length), (.[1] // {}) + {"\($record.of)": 1}]
  elif $record.kind == "follow_up" and $record.revises != null then
    .lost[.short["\($record.of)"]][0] -= ($record.messages | length)
  else . end)
| .lost | to_entries | map([.key, .value[0], (.value[1] | length)] | select(.[1] > 0)) | sort_by(-.[1], .[0])[] | @tsv
