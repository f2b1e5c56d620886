import Records

/// Calls that ended in each way.
extension Samples {
  static var calls: [TraceEvent] {
    [
      partial, complete, refused, unfinished, short, capped, uncounted, unconsumed, local,
      unreadable, empty, socketcall, fields,
    ]
  }

  private static var complete: TraceEvent {
    let segment = ControlMessage(
      level: 17, type: 103, length: 18, data: [0xb0, 4],
      value: [
        Field("segment_size", .unsigned(1200)), Field("segments", .unsigned(1)),
        Field("last_segment", .unsigned(23)),
      ], status: .used, why: nil)
    let rights = ControlMessage(
      level: 1, type: 1, length: 24, data: [3, 0, 0, 0, 4, 0, 0, 0],
      value: [Field("descriptors", .list([.number(3), .number(4)])), Field("unknown", .null)],
      status: .ignored, why: "it means something to AF_UNIX sockets only")
    let stamps = ControlMessage(
      level: 1, type: 37, length: 20, data: [3, 0, 0, 0],
      value: [Field("flags", .flags(3, ["SOF_TIMESTAMPING_TX_HARDWARE", "0x2"]))], status: nil,
      why: nil)
    let empty = ControlMessage(
      level: 272, type: 10, length: 16, data: [], value: [], status: nil, why: nil)
    let stray = ControlMessage(
      level: 77, type: 5, length: 56, data: Array(0..<40), status: .ignored,
      why: "no handler for level 77")
    return .call(
      call(
        8, vlen: 2, result: .returned(2),
        messages: [
          message(
            0, "Gr\u{fc}\u{df}e \u{65e5}\u{672c}\u{8a9e} \u{1f680}\n", sent: 25,
            control: [segment, stray, rights, stamps, empty]),
          message(1, "\u{1b}[31mred\u{7f}\u{0}", sent: 10, isTruncated: true),
        ]), Verdict(outcome: .complete, asked: 2, sent: 2, bytesAsked: 35, bytesSent: 35))
  }

  private static var refused: TraceEvent {
    .call(
      call(
        9, vlen: 1, socket: nil, fd: 9, result: .failed(.badDescriptor),
        messages: [message(0, "never")]),
      Verdict(
        outcome: .failed, cause: .callError, errno: .badDescriptor, certainty: .observed,
        source: .returnValue, why: "descriptor 9 is not open", asked: 1, bytesAsked: 5))
  }

  private static var unfinished: TraceEvent {
    .call(
      call(
        10, vlen: 1, socket: tcp, result: .unfinished, messages: [message(0, "waiting", to: nil)],
        duration: nil), Verdict(outcome: .unfinished, asked: 1, bytesAsked: 7))
  }

  private static var short: TraceEvent {
    .call(
      call(
        11, vlen: 2, flags: [.dontWait, SendFlags(rawValue: 0x100_0000)], socket: tcp,
        result: .returned(2),
        messages: [
          message(0, "all of it", sent: 9, to: nil), message(1, "half of it", sent: 5, to: nil),
        ], notes: [Note(code: .restarted, message: nil, text: "taken up again once")]),
      Verdict(
        outcome: .short, cause: .shortMessage, at: 1, certainty: .observed, source: .count,
        why: "5 of 10 bytes fitted into the send buffer", asked: 2, sent: 2, bytesAsked: 19,
        bytesSent: 14))
  }

  private static var capped: TraceEvent {
    .call(
      call(
        12, vlen: 2000, result: .returned(1024),
        messages: (0..<12).map { message($0, "m", sent: 1) },
        notes: [Note(code: .captureBudget, message: 11, text: "the rest is over the budget")]),
      Verdict(
        outcome: .capped, cause: .cap, at: 1024, certainty: .observed, source: .count,
        why: "one call sends 1024 messages at most; 976 were not looked at", asked: 2000,
        sent: 1024, bytesAsked: 1024, bytesSent: 1024))
  }

  private static var uncounted: TraceEvent {
    .call(
      call(
        13, vlen: 2, result: .failed(.badAddress), messages: [message(0, "gone"), message(1, "b")]),
      Verdict(
        outcome: .failed, cause: .uncountedSend, at: 0, errno: .badAddress, certainty: .certain,
        source: .evidence, why: "msg_len of entry 0 could not be written", asked: 2, uncounted: 1,
        bytesAsked: 5))
  }

  private static var unconsumed: TraceEvent {
    .call(
      call(
        14, vlen: 2, flags: .probe, result: .returned(1),
        messages: [message(0, "probe", sent: 5), message(1, "b")]),
      Verdict(
        outcome: .partial, cause: .unconsumedMessage, at: 0, certainty: .likely,
        source: .evidence, why: "MSG_PROBE leaves the iovecs as they are", asked: 2, sent: 1,
        bytesAsked: 6, bytesSent: 5))
  }

  private static var local: TraceEvent {
    let path = Array("/run/\u{e9}\u{1b}]0;x\u{7}".utf8) + [0xff]
    return .call(
      call(
        15, vlen: 3, socket: unix, result: .returned(1),
        messages: [
          message(0, "a", sent: 1, to: nil),
          message(
            1, "b", to: SocketAddress(family: .unix, form: .unix(.path(path)), raw: [1, 0] + path)),
          message(
            2, "c",
            to: SocketAddress(family: .unix, form: .unix(.abstract(Array("a\0b".utf8))), raw: nil)),
        ]),
      Verdict(
        outcome: .partial, cause: .error, at: 1, errno: Errno(rawValue: 111), certainty: .likely,
        source: .evidence, why: "nobody listens there",
        candidates: [
          .init(errno: Errno(rawValue: 13), certainty: .possible, why: "no write permission"),
          .init(errno: .noEntry, certainty: .possible, why: "the path may have been removed"),
        ], asked: 3, sent: 1, bytesAsked: 3, bytesSent: 1))
  }

  private static var unreadable: TraceEvent {
    let fault = RemoteAddress(0x7fff_f7ff_e000)
    var lost = message(0, bytes: nil, sent: nil)
    lost.iovecs = nil
    lost.bytes = nil
    lost.name = nil
    lost.payload = Payload(data: nil, truncated: false, fault: RemoteAddress(16))
    lost.control = nil
    lost.fault = fault
    lost.unreadable = [
      UnreadablePart(
        part: .name, address: RemoteAddress(16), bytes: [2, 0, 0x27, 0x0f], available: 4,
        wanted: 16, effect: "EFAULT: the address is copied whole"),
      UnreadablePart(
        part: .iov, address: fault, bytes: [], available: 0, wanted: 16,
        effect: "not looked at: the name cannot be read"),
    ]
    lost.mutated = [.header, .payload]
    lost.truncated = true
    let nothing = Message(
      index: 1, header: nil, bytes: nil, sentLength: nil, name: nil, iovecs: nil,
      payload: Payload(data: nil, truncated: false, fault: nil), control: nil, fault: fault,
      truncated: false)
    return .call(
      call(
        16, vlen: 3, socket: netlink, fd: 4, result: .failed(.badAddress),
        messages: [lost, nothing]),
      Verdict(
        outcome: .failed, cause: .error, at: 0, errno: .badAddress, certainty: .observed,
        source: .returnValue, why: "the iovec array cannot be read", asked: 3))
  }

  private static var empty: TraceEvent {
    .call(
      call(17, vlen: 0, result: .returned(0), messages: []),
      Verdict(outcome: .empty, asked: 0))
  }

  private static var socketcall: TraceEvent {
    var event = call(
      18, vlen: 0, socket: nil, result: .failed(.badAddress), messages: [])
    event.arguments = nil
    event.abi = .i386
    event.syscall = .socketcall
    return .call(
      event,
      Verdict(
        outcome: .failed, cause: .callError, errno: .badAddress, certainty: .observed,
        source: .returnValue, why: "socketcall's argument block cannot be read", asked: 0))
  }

  /// Addresses that are shown field by field.
  private static var fields: TraceEvent {
    let names = [
      SocketAddress(
        family: .packet,
        form: .fields([
          Field("protocol", .unsigned(0x800)), Field("ifindex", .number(3)),
          Field("interface", .text(Array("tap\u{1b}0".utf8))),
          Field("addr", .hardwareAddress([2, 0, 0, 0, 0, 0x2a])),
        ]), raw: nil),
      SocketAddress(
        family: .alg,
        form: .fields([
          Field("type", .text(Array("hash\u{1b}".utf8))), Field("feat", .null),
          Field("name", .text([0xff])),
        ]), raw: [38, 0, 1]),
      SocketAddress(
        family: .rxrpc,
        form: .fields([
          Field("service", .unsigned(52)), Field("transport", .address(loopback(7001))),
        ]), raw: nil),
      SocketAddress(family: AddressFamily(rawValue: 39), form: .undecoded, raw: [39, 0, 1]),
    ]
    var messages = names.indices.map { message($0, "frame", sent: 5, to: names[$0]) }
    messages[2].payload.hint = "QUIC Initial v1"
    messages[2].segmentation = Segmentation(
      source: .socket, size: 2, pieces: Segmentation.Pieces(count: 3, last: 1))
    messages[3].segmentation = Segmentation(source: .message, size: 2, pieces: nil)
    return .call(
      call(19, vlen: 4, socket: packet, result: .returned(4), messages: messages),
      Verdict(outcome: .complete, asked: 4, sent: 4, bytesAsked: 20, bytesSent: 20))
  }

  static var all: [TraceEvent] { [start] + processes + calls + followUps + [end] }
}
