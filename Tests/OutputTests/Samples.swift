import Records

/// Records to write, one of each kind of thing there is to see.
enum Samples {
  static let time: UInt64 = 1_795_230_765_123_456_789

  static func loopback(_ port: UInt16) -> SocketAddress {
    SocketAddress(family: .inet, form: .inet(address: 0x7f00_0001, port: port), raw: nil)
  }

  static let udp = SocketDescription(
    family: .inet, type: .datagram, protocolNumber: 17, inode: 16674, nonblocking: true,
    local: loopback(40000), peer: nil)

  static let tcp = SocketDescription(
    family: .inet6, type: .stream, protocolNumber: 6, inode: 16675, nonblocking: false,
    local: SocketAddress(
      family: .inet6,
      form: .inet6(address: IPv6Address(high: 0, low: 1), port: 40001, flowInfo: 0, scope: 0),
      raw: nil),
    peer: SocketAddress(
      family: .inet6,
      form: .inet6(
        address: IPv6Address(high: 0xfe80_0000_0000_0000, low: 1), port: 443, flowInfo: 5,
        scope: 2), scopeName: Array("eth0".utf8), raw: nil))

  static let unix = SocketDescription(
    family: .unix, type: .datagram, protocolNumber: 0, inode: 16676, nonblocking: false,
    local: SocketAddress(family: .unix, form: .unix(.unnamed), raw: nil),
    peer: SocketAddress(family: .unix, form: .unix(.path(Array("/run/log".utf8))), raw: nil))

  static let netlink = SocketDescription(
    family: .netlink, type: .raw, protocolNumber: 0, inode: 16677, nonblocking: false,
    local: SocketAddress(
      family: .netlink,
      form: .fields([Field("pid", .unsigned(4711)), Field("groups", .unsigned(0))]), raw: nil),
    peer: nil)

  static let packet = SocketDescription(
    family: .packet, type: .raw, protocolNumber: 768, inode: 16678, nonblocking: false,
    local: nil, peer: nil)

  static func message(
    _ index: Int, _ payload: String = "", bytes: UInt64? = nil, sent: UInt32? = nil,
    iovecs: Int = 1, to name: SocketAddress? = loopback(9999), control: [ControlMessage] = [],
    isTruncated: Bool = false
  ) -> Message {
    let data = Array(payload.utf8)
    let length = bytes ?? UInt64(data.count)
    let vectors = (0..<iovecs).map {
      IOVector(
        base: RemoteAddress(0x5581_0000 + UInt64($0) * 0x1000),
        length: $0 == 0 ? length - UInt64(iovecs - 1) : 1)
    }
    return Message(
      index: index,
      header: MessageHeader(
        name: name == nil ? .null : RemoteAddress(0x7ffd_2000), nameLength: name == nil ? 0 : 16,
        iovecs: RemoteAddress(0x7ffd_3000), iovecCount: UInt64(iovecs),
        control: control.isEmpty ? .null : RemoteAddress(0x7ffd_4000),
        controlLength: UInt64(control.count * 24), flags: []),
      bytes: length, sentLength: sent, name: name, iovecs: vectors[...],
      payload: Payload(data: data[...], truncated: isTruncated, fault: nil), control: control,
      fault: nil, truncated: false)
  }

  static func call(
    _ sequence: UInt64, vlen: UInt32, flags: SendFlags = [], socket: SocketDescription? = udp,
    fd: Int32 = 3, result: CallResult, messages: [Message], notes: [Note] = [],
    duration: UInt64? = 65_000
  ) -> SendCall {
    SendCall(
      sequence: sequence, time: time + sequence * 1_000_000, monotonic: sequence * 1_000_000,
      duration: duration, pid: 4711, tid: 4713, comm: "app", abi: .x86_64, syscall: .sendmmsg,
      arguments: SendArguments(
        fd: fd, vector: RemoteAddress(0x7ffd_1000), vectorLength: vlen, flags: flags),
      socket: socket, result: result, messages: messages, notes: notes)
  }

  /// The picture of the design: the fourth of five messages is too long for UDP.
  static var partial: TraceEvent {
    .call(
      call(
        7, vlen: 5, flags: SendFlags(rawValue: 0x4000), result: .returned(3),
        messages: [
          message(0, "onetwo", sent: 6, iovecs: 2), message(1, "three!", sent: 6),
          message(2, "four", sent: 4),
          message(3, "xxxxxxxxxxxxxxxx", bytes: 70000, isTruncated: true),
          message(4, "tail of twenty bytes"),
        ]),
      Verdict(
        outcome: .partial, cause: .error, at: 3, errno: Errno(rawValue: 90), certainty: .certain,
        source: .rule,
        why: "payload of 70000 bytes is over 65507, the most an IPv4 UDP datagram carries",
        asked: 5, sent: 3, bytesAsked: 70036, bytesSent: 16))
  }

  static var start: TraceEvent {
    .start(
      TraceStart(
        version: "0.1.0", time: time, command: ["./app", "-n \"5\""], pids: [4711],
        kernel: "6.18.44", stops: .seccomp, sees: ["sendmmsg"], blindTo: ["sendmsg", "io_uring"],
        localPorts: 32768...60999))
  }

  static var end: TraceEvent {
    .end(
      TraceEnd(
        time: time + 5_000_000_000, calls: 12, messagesAsked: 48, messagesSent: 46,
        bytesSent: 1234, outcomes: [(.complete, 11), (.partial, 1)], lost: 0, leftOut: 0,
        queueWaits: 0, exit: .exited(0), losses: losses))
  }

  static var losses: Losses {
    var losses = Losses()
    losses.causes = [(.cap, 1), (.error, 3)]
    losses.total.dropped = 5
    losses.total.droppedSoFar = 3
    losses.total.droppedBytes = 4000
    losses.total.resent = 2
    losses.total.uncounted = 1
    var row = Losses.Row(program: "app", destination: loopback(9999))
    row.counts.dropped = 5
    row.counts.droppedSoFar = 5
    row.counts.droppedBytes = 4000
    row.counts.resent = 2
    var others = Losses.Row(program: "", destination: nil)
    others.counts.uncounted = 1
    losses.rows = [row, others]
    losses.sentences = [
      "app had not sent 5 datagrams by sendmmsg as far as was seen: no sendmmsg went on from the count"
        + " of 2 partial calls (sends by other calls than sendmmsg were not looked at)"
    ]
    losses.isOnlySendmmsg = true
    return losses
  }

  static var followUps: [TraceEvent] {
    [
      FollowUp(of: 7, by: 9, how: .skipped, messages: [3], why: "call 9 begins at message 4"),
      FollowUp(of: 8, by: 10, how: .resumed, messages: [3, 4, 5, 9], why: "call 10 begins there"),
      FollowUp(
        of: 11, by: nil, how: .abandoned, messages: [1, 2], why: "the process ended",
        isOnlySendmmsg: true),
      FollowUp(of: 12, by: 13, how: .resentAll, messages: [0, 1], why: "call 13 begins at 0"),
      FollowUp(
        of: 14, by: nil, how: .cappedRest, messages: Array(1024..<2000), why: "the process ended"),
      FollowUp(of: 15, by: nil, how: .unknown, messages: [1], why: "the trace ended"),
    ].map { .followUp($0) }
  }

  static var processes: [TraceEvent] {
    [
      ProcessEvent(time: time, kind: .started, pid: 4711, tid: 4711, comm: "app", abi: .x86_64),
      ProcessEvent(time: time, kind: .attached, pid: 900, tid: 900, comm: "knotd", threads: 1),
      ProcessEvent(time: time, kind: .detached, pid: 900, tid: 900),
      ProcessEvent(time: time, kind: .forked, pid: 4713, tid: 4713, parent: 4711),
      ProcessEvent(
        time: time, kind: .attached, pid: 901, tid: 901, innerPid: 12, comm: "unbound",
        threads: 4),
      ProcessEvent(
        time: time, kind: .forked, pid: 4714, tid: 4714, innerPid: 1, parent: 4711),
      ProcessEvent(time: time, kind: .exec, pid: 4711, tid: 4711, comm: "knotd", abi: .x86_64),
      ProcessEvent(time: time, kind: .exited, pid: 4711, tid: 4711, code: 3),
      ProcessEvent(
        time: time, kind: .killed, pid: 4711, tid: 4711, signal: Signal(rawValue: 15)),
      ProcessEvent(
        time: time, kind: .refused, pid: 1, tid: 1, comm: "init",
        why: "Yama allows tracing of descendants only"),
    ].map { .process($0) }
  }
}
