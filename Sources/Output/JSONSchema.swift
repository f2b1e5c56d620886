/// What `mmsgtrace schema` prints: a JSON Schema (draft 2020-12) of one line of a trace.
///
/// Keys may be added within schema 1, so further properties are allowed everywhere; those that are
/// there now stay, so all are required.
package enum TraceSchema {
  package static let text = #"""
    {
      "$schema": "https://json-schema.org/draft/2020-12/schema",
      "$id": "urn:mmsgtrace:schema:1",
      "title": "mmsgtrace record, schema 1",
      "description": "One line of a JSON lines trace. Numbers are exact integers, some over 2^53. A key that does not apply is null, never missing. Keys may be added within a schema number.",
      "type": "object",
      "required": ["kind"],
      "properties": {
        "kind": {"enum": ["trace_start", "call", "follow_up", "process", "trace_end"]}
      },
      "allOf": [
        {"if": {"properties": {"kind": {"const": "trace_start"}}}, "then": {"$ref": "#/$defs/trace_start"}},
        {"if": {"properties": {"kind": {"const": "call"}}}, "then": {"$ref": "#/$defs/call"}},
        {"if": {"properties": {"kind": {"const": "follow_up"}}}, "then": {"$ref": "#/$defs/follow_up"}},
        {"if": {"properties": {"kind": {"const": "process"}}}, "then": {"$ref": "#/$defs/process"}},
        {"if": {"properties": {"kind": {"const": "trace_end"}}}, "then": {"$ref": "#/$defs/trace_end"}}
      ],
      "$defs": {
        "trace_start": {
          "title": "The first record of a trace",
          "type": "object",
          "required": ["kind", "schema", "version", "time", "command", "pids", "kernel", "stops", "sees", "blind_to", "local_ports", "previous"],
          "properties": {
            "schema": {"description": "Raised when the meaning of a key changes.", "const": 1},
            "version": {"description": "The version of mmsgtrace.", "type": "string"},
            "time": {"$ref": "#/$defs/time"},
            "command": {"description": "The command that was launched and its arguments; null where none was.", "type": ["array", "null"], "items": {"type": "string"}},
            "pids": {"description": "The processes that were launched or attached to.", "type": "array", "items": {"$ref": "#/$defs/pid"}},
            "kernel": {"description": "The kernel's release.", "type": "string"},
            "stops": {"description": "What stops a thread: a seccomp filter at sendmmsg alone, or every system call.", "enum": ["seccomp", "syscall"]},
            "sees": {"description": "The system calls that are recorded.", "type": "array", "items": {"type": "string"}},
            "blind_to": {"description": "What passes by unseen.", "type": "array", "items": {"type": "string"}},
            "local_ports": {"description": "The first and the last port from which the kernel chooses where a socket asks for none (ip_local_port_range); null where they could not be read.", "type": ["array", "null"], "items": {"type": "integer", "minimum": 0, "maximum": 65535}, "minItems": 2, "maxItems": 2},
            "previous": {"description": "The name, when this file was begun, of the file whose trace it goes on with; null in the first.", "type": ["string", "null"]}
          }
        },
        "call": {
          "title": "One sendmmsg call",
          "type": "object",
          "required": ["kind", "seq", "time", "monotonic_ns", "duration_ns", "pid", "tid", "comm", "abi", "syscall", "fd", "socket", "msgvec", "vlen", "flags", "effective_dontwait", "return", "errno", "messages", "verdict", "notes"],
          "properties": {
            "seq": {"description": "Counts from 1 in order of entry.", "$ref": "#/$defs/uint64", "minimum": 1},
            "time": {"$ref": "#/$defs/time"},
            "monotonic_ns": {"description": "CLOCK_MONOTONIC at entry, nanoseconds.", "$ref": "#/$defs/uint64"},
            "duration_ns": {"description": "Nanoseconds from entry to exit as the tracer saw them, restarts and its own stops included; null where no exit was seen.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "pid": {"$ref": "#/$defs/pid"},
            "tid": {"$ref": "#/$defs/pid"},
            "comm": {"description": "The name of the thread.", "type": "string"},
            "abi": {"$ref": "#/$defs/abi"},
            "syscall": {"description": "The system call the kernel's sendmmsg was reached by.", "enum": ["sendmmsg", "socketcall"]},
            "fd": {"description": "The descriptor; null, like the other arguments, where socketcall's argument block could not be read.", "anyOf": [{"$ref": "#/$defs/int32"}, {"type": "null"}]},
            "socket": {"description": "Null where the descriptor is no socket or could not be asked.", "anyOf": [{"$ref": "#/$defs/socket"}, {"type": "null"}]},
            "msgvec": {"description": "The address of the mmsghdr array.", "anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "vlen": {"description": "How many messages the program asked for; the kernel looks at 1024 at most.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "flags": {"anyOf": [{"$ref": "#/$defs/flags"}, {"type": "null"}]},
            "effective_dontwait": {"description": "Whether the kernel takes every message with MSG_DONTWAIT: by the flags, or by O_NONBLOCK; null where that is not known.", "type": ["boolean", "null"]},
            "return": {"description": "The count of messages, -1, or null where no exit was seen.", "type": ["integer", "null"], "minimum": -1, "maximum": 4294967295},
            "errno": {"description": "The errno the program was given; null unless return is -1.", "anyOf": [{"$ref": "#/$defs/errno"}, {"type": "null"}]},
            "messages": {"description": "The first min(vlen, 1024) entries, up to and with the first one that cannot be read.", "type": "array", "maxItems": 1024, "items": {"$ref": "#/$defs/message"}},
            "verdict": {"$ref": "#/$defs/verdict"},
            "notes": {"type": "array", "items": {"$ref": "#/$defs/note"}}
          }
        },
        "socket": {
          "title": "The socket behind a descriptor",
          "type": "object",
          "required": ["family", "type", "protocol", "inode", "nonblocking", "local", "peer"],
          "properties": {
            "family": {"$ref": "#/$defs/family"},
            "type": {"description": "SOCK_STREAM and so on, without SOCK_NONBLOCK and SOCK_CLOEXEC, or a number as a string.", "type": "string", "examples": ["SOCK_STREAM", "SOCK_DGRAM", "SOCK_SEQPACKET"]},
            "protocol": {"description": "The protocol, or its number as a string; null where the family has none.", "type": ["string", "null"], "examples": ["UDP", "TCP", "NETLINK_ROUTE"]},
            "inode": {"$ref": "#/$defs/uint64"},
            "nonblocking": {"description": "O_NONBLOCK, at entry.", "type": "boolean"},
            "local": {"description": "The local address at exit; null where there is none.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]},
            "peer": {"description": "The connected peer at entry; null where there is none.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]}
          }
        },
        "address": {
          "title": "A socket address",
          "description": "AF_INET has address and port; AF_INET6 flowinfo and scope_id too; AF_UNIX path and abstract; other families have the fields of their C structure, without its prefix, as numbers and strings, or objects; those that are not known, and what is too short for its family, have raw alone. AF_UNSPEC has the keys of the family that the socket takes it for.",
          "type": "object",
          "required": ["family", "raw"],
          "properties": {
            "family": {"description": "As the program wrote it; null where the address is too short to have one.", "anyOf": [{"$ref": "#/$defs/family"}, {"type": "null"}]},
            "address": {"description": "IPv4 in dotted form, or IPv6 after RFC 5952 without zone.", "type": "string"},
            "port": {"description": "In host order; AF_VSOCK and AF_QIPCRTR have 32 bits, the others 16.", "$ref": "#/$defs/uint32"},
            "flowinfo": {"description": "Traffic class and flow label, as a number in host order.", "$ref": "#/$defs/uint32"},
            "scope_id": {"description": "The index of the interface; 0 for none.", "$ref": "#/$defs/uint32"},
            "scope_name": {"description": "The interface of scope_id in the network namespace of the socket; null where there is none or it is not known.", "type": ["string", "null"]},
            "path": {"description": "The path of an AF_UNIX name; null for abstract and unnamed ones.", "type": ["string", "null"]},
            "abstract": {"description": "The abstract AF_UNIX name, with @ for its leading NUL.", "type": ["string", "null"], "pattern": "^@"},
            "ifindex": {"description": "AF_PACKET, AF_CAN, AF_XDP: the index of the interface.", "type": "integer"},
            "interface": {"description": "The name of ifindex in the network namespace of the socket; null where there is none or it is not known.", "type": ["string", "null"]},
            "protocol": {"description": "AF_PACKET: the EtherType, in host order.", "$ref": "#/$defs/uint16"},
            "transport": {"description": "AF_RXRPC: the address below.", "$ref": "#/$defs/address"},
            "raw": {"description": "The whole address where the other keys do not say all of it, else null.", "anyOf": [{"$ref": "#/$defs/hex"}, {"type": "null"}]}
          },
          "dependentRequired": {
            "address": ["port"],
            "flowinfo": ["address", "scope_id"],
            "scope_id": ["address", "flowinfo", "scope_name"],
            "ifindex": ["interface"],
            "path": ["abstract"],
            "abstract": ["path"]
          }
        },
        "message": {
          "title": "One mmsghdr, as it stood when the call was entered",
          "type": "object",
          "required": ["index", "state", "bytes", "msg_len", "flags", "name", "name_at", "namelen", "iov_at", "iovlen", "iov", "payload", "control_at", "controllen", "control", "segmentation", "fault", "truncated", "unreadable", "mutated"],
          "properties": {
            "index": {"description": "Position in the array, from 0.", "type": "integer", "minimum": 0, "maximum": 1023},
            "state": {"description": "What became of it. short: counted, but not in full. failed: the kernel stopped here. uncounted: the kernel took it, but the count does not say so.", "enum": ["sent", "short", "failed", "uncounted", "not_attempted", "unknown"]},
            "bytes": {"description": "What the kernel would take, in bytes: the sum of the iovec lengths, cut at 0x7ffff000; null where the iovecs cannot be read or are refused.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "msg_len": {"description": "Bytes sent, as the kernel wrote it; null for an entry it did not count.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "flags": {"description": "msg_flags as the program wrote it. The header's fields are null where the entry cannot be read.", "anyOf": [{"$ref": "#/$defs/flags"}, {"type": "null"}]},
            "name": {"description": "The destination; null where there is none or it cannot be read.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]},
            "name_at": {"anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "namelen": {"anyOf": [{"$ref": "#/$defs/int32"}, {"type": "null"}]},
            "iov_at": {"anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "iovlen": {"anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "iov": {"description": "The iovecs, in order; null where they cannot be read or are refused.", "type": ["array", "null"], "items": {"$ref": "#/$defs/iovec"}},
            "payload": {"$ref": "#/$defs/payload"},
            "control_at": {"anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "controllen": {"description": "Bytes.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "control": {"description": "The control messages as the kernel walks them; null where they cannot be read.", "type": ["array", "null"], "items": {"$ref": "#/$defs/control"}},
            "segmentation": {"description": "Null where the message is sent as one, or it is not known how.", "anyOf": [{"$ref": "#/$defs/segmentation"}, {"type": "null"}]},
            "fault": {"description": "The first address that could not be read of the entry, its name, iovec array or control block.", "anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "truncated": {"description": "True where a budget of the capture, not the program, cut the iovecs or the control block.", "type": "boolean"},
            "unreadable": {"description": "What could not be read as a whole, in the kernel's order; null where there is nothing such.", "type": ["array", "null"], "minItems": 1, "items": {"$ref": "#/$defs/unreadable"}},
            "mutated": {"description": "What was changed between the entry and the exit of the call, as the parts are called; null where it was not read again (--verify).", "type": ["array", "null"], "items": {"$ref": "#/$defs/part"}}
          }
        },
        "part": {"description": "What a message is made of.", "enum": ["header", "name", "iov", "control", "payload"]},
        "unreadable": {
          "title": "A part of a message that could not be read as a whole",
          "type": "object",
          "required": ["part", "at", "wanted", "available", "read", "effect"],
          "properties": {
            "part": {"$ref": "#/$defs/part"},
            "at": {"description": "The first address that could not be read.", "$ref": "#/$defs/pointer"},
            "wanted": {"description": "How many bytes the kernel reads.", "$ref": "#/$defs/uint64"},
            "available": {"description": "How many of them could be read.", "$ref": "#/$defs/uint64"},
            "read": {"description": "These bytes, or the first 512 of them.", "$ref": "#/$defs/hex"},
            "effect": {"description": "What the kernel does with it: an errno and why.", "type": "string"}
          }
        },
        "segmentation": {
          "title": "How UDP cuts a message into datagrams (UDP_SEGMENT)",
          "type": "object",
          "required": ["source", "segment_size", "segments", "last_segment"],
          "properties": {
            "source": {"description": "What asks for it: a control message of the message, or the option of the socket.", "enum": ["message", "socket"]},
            "segment_size": {"description": "Bytes of each datagram but the last.", "$ref": "#/$defs/uint16"},
            "segments": {"description": "How many datagrams; null where the length of the message is not known, or it is held back to make one with others.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "last_segment": {"description": "Bytes of the last datagram; null where segments is.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]}
          }
        },
        "iovec": {
          "type": "object",
          "required": ["base", "length"],
          "properties": {
            "base": {"$ref": "#/$defs/pointer"},
            "length": {"description": "Bytes.", "$ref": "#/$defs/uint64"}
          }
        },
        "payload": {
          "title": "The first bytes of a message",
          "type": "object",
          "required": ["captured", "encoding", "data", "truncated", "fault", "hint"],
          "properties": {
            "captured": {"description": "How many bytes were kept.", "$ref": "#/$defs/uint64"},
            "encoding": {"description": "utf-8 where the kept bytes are UTF-8 without control characters (but tab, newline, return) and bidi controls, else base64; null where none were kept.", "enum": ["utf-8", "base64", null]},
            "data": {"type": ["string", "null"]},
            "truncated": {"description": "True where the message holds more bytes than were kept.", "type": "boolean"},
            "fault": {"description": "The first address that could not be read.", "anyOf": [{"$ref": "#/$defs/pointer"}, {"type": "null"}]},
            "hint": {"description": "What the first bytes look like, in one phrase: a guess. Null where they look like nothing that is known.", "type": ["string", "null"], "examples": ["DNS A example.com", "QUIC Initial v1", "DTLS handshake"]}
          }
        },
        "control": {
          "title": "One control message",
          "type": "object",
          "required": ["level", "type", "length", "value", "raw", "status", "why"],
          "properties": {
            "level": {"description": "The C name, or the number as a string.", "type": "string", "examples": ["SOL_SOCKET", "SOL_UDP"]},
            "type": {"description": "The C name, or the number as a string.", "type": "string", "examples": ["SCM_RIGHTS", "UDP_SEGMENT"]},
            "length": {"description": "cmsg_len, header included, in bytes.", "$ref": "#/$defs/uint64"},
            "value": {"description": "The data taken apart; null where its size is not that of the type, or the type is not known.", "anyOf": [{"$ref": "#/$defs/control_value"}, {"type": "null"}]},
            "raw": {"description": "The data behind the header.", "$ref": "#/$defs/hex"},
            "status": {"description": "What the kernel does with it; null where the socket is not known.", "enum": ["used", "ignored", "rejected", null]},
            "why": {"description": "Why it is ignored or rejected.", "type": ["string", "null"]}
          }
        },
        "control_value": {
          "title": "The data of a control message",
          "description": "The fields of the C structure, without its prefix. Which keys there are depends on the type; where no unit is given, a number has none.",
          "type": "object",
          "properties": {
            "abort_code": {"$ref": "#/$defs/uint32"},
            "add": {"$ref": "#/$defs/uint64"},
            "addr": {"description": "IP_PKTINFO, IPV6_PKTINFO, SCTP_DSTADDRV4 and V6: an address as text; RDS: a pointer.", "type": "string"},
            "assoc_id": {"$ref": "#/$defs/int32"},
            "assoclen": {"description": "ALG_SET_AEAD_ASSOCLEN: bytes.", "$ref": "#/$defs/uint32"},
            "bytes": {"description": "RDS: bytes.", "$ref": "#/$defs/uint64"},
            "clock": {"description": "SCM_TXTIME: the clock of the socket (SO_TXTIME), CLOCK_REALTIME where it has none; null where it is not known.", "type": ["string", "null"]},
            "compare": {"$ref": "#/$defs/uint64"},
            "compare_mask": {"$ref": "#/$defs/uint64"},
            "context": {"$ref": "#/$defs/uint32"},
            "cookie": {"$ref": "#/$defs/uint64"},
            "cookie_addr": {"$ref": "#/$defs/pointer"},
            "cumtsn": {"$ref": "#/$defs/uint32"},
            "data": {"description": "IPV6_RTHDR: what follows segments_left.", "$ref": "#/$defs/hex"},
            "descriptors": {"description": "SCM_RIGHTS: the program's numbers.", "type": "array", "items": {"$ref": "#/$defs/int32"}},
            "dmabuf_id": {"$ref": "#/$defs/uint32"},
            "dontfrag": {"$ref": "#/$defs/int32"},
            "dscp": {"description": "The upper six bits of a type of service or traffic class.", "type": "integer", "minimum": 0, "maximum": 63},
            "ecn": {"description": "The lower two bits of a type of service or traffic class.", "type": "integer", "minimum": 0, "maximum": 3},
            "files": {"description": "SCM_RIGHTS: what each of the descriptors is, as /proc/PID/fd says it; null where it is none.", "type": "array", "items": {"type": ["string", "null"]}},
            "flags": {"description": "SO_TIMESTAMPING, SCTP, RDS: a number and the names of its bits.", "$ref": "#/$defs/bits"},
            "flow_label": {"type": "integer", "minimum": 0, "maximum": 1048575},
            "gid": {"$ref": "#/$defs/uint32"},
            "group": {"description": "SCM_CREDENTIALS: the name of gid in /etc/group; null where it is not known.", "type": ["string", "null"]},
            "hard_s": {"description": "RXRPC_SET_CALL_TIMEOUT: seconds.", "$ref": "#/$defs/uint32"},
            "hdrlen": {"description": "IPv6 extension headers: units of 8 bytes behind the first.", "type": "integer", "minimum": 0, "maximum": 255},
            "hop_limit": {"description": "-1 for the default.", "$ref": "#/$defs/int32"},
            "id": {"description": "SCM_TS_OPT_ID.", "$ref": "#/$defs/uint32"},
            "idle_ms": {"description": "RXRPC_SET_CALL_TIMEOUT: milliseconds.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "ifindex": {"description": "IP_PKTINFO, IPV6_PKTINFO: the index of an interface; 0 for any.", "type": "integer"},
            "interface": {"description": "The name of ifindex in the network namespace of the socket; null where there is none or it is not known.", "type": ["string", "null"]},
            "iv": {"description": "ALG_SET_IV.", "$ref": "#/$defs/hex"},
            "ivlen": {"description": "ALG_SET_IV: bytes.", "$ref": "#/$defs/uint32"},
            "keynumber": {"$ref": "#/$defs/uint16"},
            "last_segment": {"description": "UDP_SEGMENT: bytes of the last datagram; null where the length of the message is not known.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "local_addr": {"$ref": "#/$defs/pointer"},
            "local_vec_addr": {"$ref": "#/$defs/pointer"},
            "mark": {"$ref": "#/$defs/uint32"},
            "max_attempts": {"$ref": "#/$defs/uint16"},
            "max_init_timeo_ms": {"description": "SCTP_INIT: milliseconds.", "$ref": "#/$defs/uint16"},
            "max_instreams": {"$ref": "#/$defs/uint16"},
            "nexthdr": {"type": "integer", "minimum": 0, "maximum": 255},
            "nocarry_mask": {"$ref": "#/$defs/uint64"},
            "normal_ms": {"description": "RXRPC_SET_CALL_TIMEOUT: milliseconds.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "nr_local": {"$ref": "#/$defs/uint64"},
            "num_ostreams": {"$ref": "#/$defs/uint16"},
            "op": {"description": "ALG_SET_OP: the C name, or the number as a string.", "type": "string"},
            "options": {"description": "IP options, or those of an IPv6 extension header.", "$ref": "#/$defs/hex"},
            "policy": {"description": "SCTP_PRINFO: the C name, or the number as a string.", "type": "string"},
            "ppid": {"description": "SCTP: read as big-endian, as is the custom.", "$ref": "#/$defs/uint32"},
            "priority": {"$ref": "#/$defs/uint32"},
            "record_type": {"description": "TLS_SET_RECORD_TYPE: the name in RFC 8446, or the number as a string.", "type": "string"},
            "relative_ns": {"description": "SCM_TXTIME: nanoseconds from the entry of the call; null where the clock is not known.", "type": ["integer", "null"]},
            "remote_addr": {"$ref": "#/$defs/pointer"},
            "remote_bytes": {"description": "RDS: bytes.", "$ref": "#/$defs/uint64"},
            "segment_size": {"description": "UDP_SEGMENT: bytes of each datagram but the last; 0 cuts nothing.", "$ref": "#/$defs/uint16"},
            "segments": {"description": "UDP_SEGMENT: how many datagrams the message makes; null where its length is not known.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "segments_left": {"type": "integer", "minimum": 0, "maximum": 255},
            "sid": {"$ref": "#/$defs/uint16"},
            "spec_dst": {"description": "IP_PKTINFO: an IPv4 address.", "type": "string"},
            "ssn": {"$ref": "#/$defs/uint16"},
            "stream": {"$ref": "#/$defs/uint16"},
            "swap": {"$ref": "#/$defs/uint64"},
            "swap_mask": {"$ref": "#/$defs/uint64"},
            "target_class": {"$ref": "#/$defs/uint32"},
            "tclass": {"description": "-1 for the default.", "$ref": "#/$defs/int32"},
            "timetolive_ms": {"description": "SCTP_SNDRCV: milliseconds.", "$ref": "#/$defs/uint32"},
            "tos": {"$ref": "#/$defs/int32"},
            "traffic_class": {"type": "integer", "minimum": 0, "maximum": 255},
            "tsn": {"$ref": "#/$defs/uint32"},
            "ttl": {"$ref": "#/$defs/int32"},
            "tx_length": {"description": "RXRPC: bytes.", "type": "integer"},
            "txtime_ns": {"description": "SCM_TXTIME: nanoseconds of the clock of the socket.", "$ref": "#/$defs/uint64"},
            "uid": {"$ref": "#/$defs/uint32"},
            "user": {"description": "SCM_CREDENTIALS: the name of uid in /etc/passwd; null where it is not known.", "type": ["string", "null"]},
            "user_call_id": {"$ref": "#/$defs/uint64"},
            "user_token": {"$ref": "#/$defs/uint64"}
          }
        },
        "verdict": {
          "title": "What became of the call, and why",
          "type": "object",
          "required": ["outcome", "cause", "at", "errno", "certainty", "source", "why", "candidates", "asked", "sent", "uncounted", "bytes_asked", "bytes_sent"],
          "properties": {
            "outcome": {"$ref": "#/$defs/outcome"},
            "cause": {"description": "Null where nothing fell short, or no exit was seen.", "enum": ["cap", "short_message", "unconsumed_message", "uncounted_send", "error", "interrupted", "call_error", null]},
            "at": {"description": "The index of the message the cause is about.", "type": ["integer", "null"], "minimum": 0, "maximum": 1024},
            "errno": {"description": "The errno that was returned or thrown away; null for causes without one.", "anyOf": [{"$ref": "#/$defs/errno"}, {"type": "null"}]},
            "certainty": {"description": "observed: the kernel said so. certain: the kernel's code allows nothing else.", "enum": ["observed", "certain", "likely", "possible", "unknown", null]},
            "source": {"description": "Where the claim comes from.", "enum": ["return_value", "count", "tracepoint", "exact", "rule", "evidence", "none", null]},
            "why": {"description": "One sentence, with the numbers in it.", "type": ["string", "null"]},
            "candidates": {"description": "Further errnos that may have been the one, best first.", "type": "array", "items": {"$ref": "#/$defs/candidate"}},
            "asked": {"description": "vlen: messages.", "$ref": "#/$defs/uint32"},
            "sent": {"description": "The count returned; 0 on -1.", "$ref": "#/$defs/uint32"},
            "uncounted": {"description": "Messages that the kernel took although they were not counted.", "enum": [0, 1]},
            "bytes_asked": {"description": "Bytes, over the entries shown.", "$ref": "#/$defs/uint64"},
            "bytes_sent": {"description": "Bytes: the sum of msg_len over the counted entries.", "$ref": "#/$defs/uint64"}
          }
        },
        "candidate": {
          "type": "object",
          "required": ["errno", "certainty", "why"],
          "properties": {
            "errno": {"$ref": "#/$defs/errno"},
            "certainty": {"enum": ["observed", "certain", "likely", "possible", "unknown"]},
            "why": {"type": "string"}
          }
        },
        "note": {
          "title": "Something a reader should know and no key says",
          "type": "object",
          "required": ["code", "message", "text"],
          "properties": {
            "code": {"description": "Codes may be added.", "type": "string", "examples": ["own_descriptor_table", "restarted", "left_by_jump", "socket_unknown", "unreadable_process", "interrupted_because_traced", "own_filter_unread", "namelen_clamped", "header_flags_ignored", "address_family_mismatch", "address_unspecified", "control_ignored", "control_refused", "iov_truncated", "zero_length", "probe_sent_nothing", "corked_not_yet_sent", "mutated_during_call", "same_destination_skips_lsm", "withheld_memory", "capture_budget"]},
            "message": {"description": "The index of the message it is about, the first where it is about several; null for the call as a whole.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "text": {"type": "string"}
          }
        },
        "follow_up": {
          "title": "What the program did about the messages a call left unsent",
          "type": "object",
          "required": ["kind", "of", "by", "how", "messages", "final", "revises", "why"],
          "properties": {
            "of": {"description": "The seq of the call that fell short.", "$ref": "#/$defs/uint64"},
            "by": {"description": "The seq of the call that followed it up; null where there was none.", "anyOf": [{"$ref": "#/$defs/uint64"}, {"type": "null"}]},
            "how": {"enum": ["resumed", "skipped", "resent_all", "abandoned", "capped_rest", "unknown"]},
            "messages": {"description": "Indices of messages of the first call.", "type": "array", "items": {"$ref": "#/$defs/uint32"}},
            "final": {"description": "False where the messages may still be sent: they were waited for no longer.", "type": "boolean"},
            "revises": {"description": "What an earlier record that was not final had said of these messages, which this one takes back; null where it takes nothing back.", "enum": ["skipped", "abandoned", "capped_rest", null]},
            "why": {"type": "string"}
          }
        },
        "process": {
          "title": "A process or thread that came, changed or went",
          "type": "object",
          "required": ["kind", "time", "event", "pid", "tid", "ns_pid", "parent", "comm", "abi", "threads", "code", "signal", "why"],
          "properties": {
            "time": {"$ref": "#/$defs/time"},
            "event": {"enum": ["started", "attached", "detached", "forked", "exec", "exited", "killed", "refused"]},
            "pid": {"$ref": "#/$defs/pid"},
            "tid": {"$ref": "#/$defs/pid"},
            "ns_pid": {"description": "The process in the innermost PID namespace it is in; null where that is ours, or not known.", "anyOf": [{"$ref": "#/$defs/pid"}, {"type": "null"}]},
            "parent": {"description": "The process that forked it.", "anyOf": [{"$ref": "#/$defs/pid"}, {"type": "null"}]},
            "comm": {"type": ["string", "null"]},
            "abi": {"anyOf": [{"$ref": "#/$defs/abi"}, {"type": "null"}]},
            "threads": {"description": "How many threads were attached.", "anyOf": [{"$ref": "#/$defs/uint32"}, {"type": "null"}]},
            "code": {"$ref": "#/$defs/exit_code"},
            "signal": {"$ref": "#/$defs/signal"},
            "why": {"type": ["string", "null"]}
          }
        },
        "trace_end": {
          "title": "The last record of a trace",
          "type": "object",
          "required": ["kind", "time", "calls", "messages_asked", "messages_sent", "bytes_sent", "outcomes", "lost", "left_out", "queue_waits", "exit", "losses"],
          "properties": {
            "time": {"$ref": "#/$defs/time"},
            "calls": {"$ref": "#/$defs/uint64"},
            "messages_asked": {"$ref": "#/$defs/uint64"},
            "messages_sent": {"$ref": "#/$defs/uint64"},
            "bytes_sent": {"description": "Bytes.", "$ref": "#/$defs/uint64"},
            "outcomes": {"description": "How many calls ended in each outcome; those that did not occur are left out.", "type": "object", "propertyNames": {"$ref": "#/$defs/outcome"}, "additionalProperties": {"$ref": "#/$defs/uint64"}},
            "lost": {"description": "Records that could not be written.", "$ref": "#/$defs/uint64"},
            "left_out": {"description": "Records that a filter left out.", "$ref": "#/$defs/uint64"},
            "queue_waits": {"description": "How often the tracer had to wait for the outputs.", "$ref": "#/$defs/uint64"},
            "exit": {
              "description": "How the launched command ended; null where none was launched.",
              "type": ["object", "null"],
              "required": ["code", "signal"],
              "properties": {
                "code": {"$ref": "#/$defs/exit_code"},
                "signal": {"$ref": "#/$defs/signal"}
              }
            },
            "losses": {
              "title": "What was lost over the whole run",
              "allOf": [{"$ref": "#/$defs/loss_counts"}],
              "type": "object",
              "required": ["causes", "by_destination", "sentences"],
              "properties": {
                "causes": {"description": "How many calls fell short by each cause; those that did not occur are left out.", "type": "object", "additionalProperties": {"$ref": "#/$defs/uint64"}},
                "by_destination": {
                  "description": "At most 64 rows; the last one stands for what there was no room for.",
                  "type": "array",
                  "maxItems": 64,
                  "items": {
                    "allOf": [{"$ref": "#/$defs/loss_counts"}],
                    "type": "object",
                    "required": ["program", "destination"],
                    "properties": {
                      "program": {"description": "The name of the process; null in the row for what there was no room for.", "type": ["string", "null"]},
                      "destination": {"description": "Null where it is not known.", "anyOf": [{"$ref": "#/$defs/address"}, {"type": "null"}]}
                    }
                  }
                },
                "sentences": {"description": "One for each program that dropped something, for a bug report.", "type": "array", "items": {"type": "string"}}
              }
            }
          }
        },
        "loss_counts": {
          "title": "What became of messages",
          "type": "object",
          "required": ["dropped", "dropped_so_far", "dropped_bytes", "resent", "resumed", "unknown", "uncounted"],
          "properties": {
            "dropped": {"description": "Left unsent, and not sent later: skipped, abandoned or capped_rest.", "$ref": "#/$defs/uint64"},
            "dropped_so_far": {"description": "How many of these may still have been sent: their follow_up says that it is not final.", "$ref": "#/$defs/uint64"},
            "dropped_bytes": {"description": "Bytes of the dropped messages that never went out, as far as their lengths are known; of one that a stream took in part, those that it did not take.", "$ref": "#/$defs/uint64"},
            "resent": {"description": "Sent a second time.", "$ref": "#/$defs/uint64"},
            "resumed": {"description": "Left unsent, and taken up by a later call.", "$ref": "#/$defs/uint64"},
            "unknown": {"description": "Left unsent; what became of them is not known.", "$ref": "#/$defs/uint64"},
            "uncounted": {"description": "Taken by the kernel although the count does not say so.", "$ref": "#/$defs/uint64"}
          }
        },
        "outcome": {"enum": ["complete", "partial", "short", "capped", "failed", "empty", "unfinished"]},
        "abi": {"description": "The calling convention of the call, which may differ from the program's.", "enum": ["x86_64", "i386", "x32", "aarch64", "arm"]},
        "flags": {
          "title": "A set of MSG_ flags",
          "type": "object",
          "required": ["value", "names"],
          "properties": {
            "value": {"$ref": "#/$defs/uint32"},
            "names": {"description": "In order of value; bits without a name as one 0x… at the end.", "type": "array", "items": {"type": "string", "pattern": "^(MSG_[A-Z_]+|0x[0-9a-f]+)$"}}
          }
        },
        "bits": {
          "title": "A number and the names of its bits",
          "type": "object",
          "required": ["value", "names"],
          "properties": {
            "value": {"$ref": "#/$defs/uint64"},
            "names": {"description": "In order of value; bits without a name as one 0x… at the end.", "type": "array", "items": {"type": "string"}}
          }
        },
        "time": {"description": "CLOCK_REALTIME, UTC, to the nanosecond.", "type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{9}Z$"},
        "pointer": {"description": "An address in the traced program.", "type": "string", "pattern": "^0x(0|[1-9a-f][0-9a-f]{0,15})$"},
        "hex": {"description": "Two lower-case digits a byte.", "type": "string", "pattern": "^([0-9a-f]{2})*$"},
        "family": {"description": "AF_INET and so on, or the number as a string.", "type": "string", "pattern": "^(AF_[A-Za-z0-9]+|[0-9]+)$"},
        "errno": {"description": "The kernel's name, or the number as a string.", "type": "string", "pattern": "^(E[A-Z0-9_]+|-?[0-9]+)$"},
        "signal": {"description": "The signal's name, or its number as a string.", "type": ["string", "null"], "pattern": "^(SIG[A-Z0-9]+(\\+[0-9]+)?|-?[0-9]+)$"},
        "exit_code": {"type": ["integer", "null"], "minimum": 0, "maximum": 255},
        "pid": {"description": "In the pid namespace of mmsgtrace.", "type": "integer", "minimum": 0, "maximum": 2147483647},
        "int32": {"type": "integer", "minimum": -2147483648, "maximum": 2147483647},
        "uint16": {"type": "integer", "minimum": 0, "maximum": 65535},
        "uint32": {"type": "integer", "minimum": 0, "maximum": 4294967295},
        "uint64": {"type": "integer", "minimum": 0, "maximum": 18446744073709551615}
      }
    }
    """# + "\n"
}
