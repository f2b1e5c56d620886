# Where the bytes went: destination, messages offered, messages sent, bytes sent; most bytes first.
#
#   jq -rnf samples/queries/destinations.jq trace.jsonl
def text:
  if .family == "AF_INET" and .address then "\(.address):\(.port)"
  elif .family == "AF_INET6" and .address then "[\(.address)]:\(.port)"
  elif .family == "AF_UNIX" then .path // .abstract // "unnamed"
  else .family // "unknown family" end;

reduce (inputs | select(.kind == "call")) as $call ({};
  reduce $call.messages[] as $message (.;
    ($message.name // $call.socket.peer) as $to
    | if $to == null then . else
        .[$to | text] |= [(.[0] // 0) + 1, (.[1] // 0) + (if $message.msg_len then 1 else 0 end),
                          (.[2] // 0) + ($message.msg_len // 0)]
      end))
| to_entries | sort_by(-.value[2], .key)[] | [.key, .value[]] | @tsv
