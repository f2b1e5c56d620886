# Every call that fell short: its number, program, what was sent, the message it ended at and why,
# and what the program did about the rest, without what a later record takes back (revises).
#
#   jq -rnf samples/queries/findings.jq trace.jsonl
reduce inputs as $record ({places: {}, found: []};
  if $record.kind == "trace_start" and $record.previous == null then .places = {}
  elif $record.kind == "call" and $record.verdict.cause != null then
    .places["\($record.seq)"] = (.found | length)
    | .found += [{call: ($record | {seq, comm, verdict}), after: {}}]
  elif $record.kind == "follow_up" then
    .places["\($record.of)"] as $place
    | ($record.messages | length) as $count
    | if $place == null then . else
        .found[$place].after[$record.how] += $count
        | if $record.revises then .found[$place].after[$record.revises] -= $count else . end
      end
  else . end)
| .found[]
| .call.verdict as $verdict
| [.call.seq, .call.comm, "\($verdict.sent)/\($verdict.asked)", $verdict.at // "-",
   $verdict.errno // $verdict.cause, $verdict.why // "-",
   (.after | to_entries | map(select(.value > 0) | "\(.key) \(.value)") | sort | join(", "))]
| @tsv
