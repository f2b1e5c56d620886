# Where calls take long: destination, calls, and what 50% and 99% of them do not exceed, and the
# longest, in microseconds; longest first. A call to several destinations counts for each.
#
#   jq -rnf samples/queries/slowest.jq trace.jsonl
def text:
  if .family == "AF_INET" and .address then "\(.address):\(.port)"
  elif .family == "AF_INET6" and .address then "[\(.address)]:\(.port)"
  elif .family == "AF_UNIX" then .path // .abstract // "unnamed"
  else .family // "unknown family" end;
def percentile($percent): .[(length * $percent / 100 | ceil) - 1] / 1000;

[inputs | select(.kind == "call" and .duration_ns != null)
 | {duration: .duration_ns,
    to: (.socket.peer as $peer | [.messages[] | .name // $peer | values | text] | unique[])}]
| group_by(.to)
| map({to: .[0].to, times: (map(.duration) | sort)})
| sort_by(-.times[-1], .to)[]
| [.to, (.times | length), (.times | percentile(50), percentile(99), percentile(100))] | @tsv
