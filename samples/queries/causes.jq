# Why calls fell short: outcome, cause, errno, how sure that is, calls; most calls first.
#
#   jq -rnf samples/queries/causes.jq trace.jsonl
[inputs | select(.kind == "call" and .verdict.cause != null).verdict
 | [.outcome, .cause, .errno // "-", .certainty]]
| group_by(.) | map(.[0] + [length]) | sort_by(-.[4], .)[] | @tsv
