# How full batches are: messages offered in a call, calls, and messages that these calls sent.
#
#   jq -rnf samples/queries/batches.jq trace.jsonl
reduce (inputs | select(.kind == "call").verdict) as $verdict ({};
  .[$verdict.asked | tostring] |= [(.[0] // 0) + 1, (.[1] // 0) + $verdict.sent])
| to_entries | map([(.key | tonumber), .value[]]) | sort[] | @tsv
