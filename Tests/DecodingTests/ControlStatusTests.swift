import Records
import TestSupport
import Testing

/// Who reads which control message: kernel.md §3.3, §3.4 and §4.
@Suite struct ControlStatusTests {
  struct Socket: CustomTestStringConvertible {
    var name: String
    var family: UInt16
    var type: Int32
    var number: Int32 = 0
    var peer: [UInt8]?
    var testDescription: String { name }
  }

  private static let udp = Socket(name: "UDP", family: 2, type: 2, number: 17)
  private static let raw = Socket(name: "raw", family: 2, type: 3, number: 1)
  private static let tcp = Socket(name: "TCP", family: 2, type: 1, number: 6)
  private static let udp6 = Socket(name: "UDPv6", family: 10, type: 2, number: 17)
  private static let mapped = Socket(
    name: "UDPv6 connected to IPv4", family: 10, type: 2, number: 17,
    peer: [10, 0, 0, 1, 0, 0, 0, 0] + Array(repeating: 0, count: 10)
      + [0xff, 0xff, 127, 0, 0, 1, 0, 0, 0, 0])
  private static let unix = Socket(name: "AF_UNIX", family: 1, type: 2)
  private static let netlink = Socket(name: "AF_NETLINK", family: 16, type: 3)
  private static let packet = Socket(name: "AF_PACKET", family: 17, type: 3)
  private static let vsock = Socket(name: "AF_VSOCK", family: 40, type: 1)
  private static let sctp = Socket(name: "SCTP", family: 2, type: 5, number: 132)
  private static let mptcp = Socket(name: "MPTCP", family: 2, type: 1, number: 262)
  private static let dccp = Socket(name: "DCCP", family: 2, type: 6, number: 33)
  private static let rxrpc = Socket(name: "AF_RXRPC", family: 33, type: 2)

  @Test(
    arguments: [
      (udp, 17, 103, 2, .used, "UDP_SEGMENT is a u16"),
      (udp, 17, 103, 4, .rejected, "and not an int"),
      (udp, 17, 104, 4, .rejected, "UDP_GRO is only received"),
      (udp, 0, 1, 1, .used, "IP_TOS as a byte"),
      (udp, 0, 1, 4, .used, "IP_TOS as an int"),
      (udp, 0, 1, 2, .rejected, "IP_TOS as neither"),
      (udp, 0, 8, 12, .used, "IP_PKTINFO"),
      (udp, 0, 4, 4, .rejected, "IP_OPTIONS is no type of ip_cmsg_send"),
      (udp, 1, 36, 4, .used, "SO_MARK"),
      (udp, 1, 1, 4, .ignored, "SCM_RIGHTS: silently ignored by inet"),
      (udp, 1, 2, 12, .ignored, "SCM_CREDENTIALS: likewise"),
      (udp, 1, 3, 4, .rejected, "SCM_SECURITY is only received"),
      (udp, 1, 12, 4, .used, "SO_PRIORITY, since 6.14"),
      (udp, 41, 67, 4, .ignored, "SOL_IPV6 on an IPv4 socket"),
      (udp, 282, 1, 1, .ignored, "SOL_TLS"),
      (raw, 17, 103, 2, .ignored, "only UDP reads SOL_UDP"),
      (raw, 0, 52, 4, .used, "IP_PROTOCOL"),
      (tcp, 1, 61, 8, .used, "TCP reads SOL_SOCKET"),
      (tcp, 1, 81, 4, .rejected, "but refuses SCM_TS_OPT_ID"),
      (tcp, 0, 1, 4, .ignored, "and nothing else"),
      (tcp, 282, 1, 1, nil, "kernel TLS may be on or not"),
      (udp6, 41, 67, 4, .used, "IPV6_TCLASS"),
      (udp6, 41, 50, 20, .used, "IPV6_PKTINFO"),
      (udp6, 41, 50, 19, .rejected, "too short"),
      (udp6, 41, 999, 4, .rejected, "an unknown type of a known level"),
      (udp6, 0, 1, 4, .ignored, "SOL_IP to an IPv6 address"),
      (mapped, 0, 1, 4, .used, "SOL_IP to an IPv4 address"),
      (mapped, 41, 50, 20, .used, "IPV6_PKTINFO is read there too"),
      (mapped, 41, 67, 4, .ignored, "but no other type"),
      (unix, 1, 1, 8, .used, "SCM_RIGHTS"),
      (unix, 1, 1, 3, .used, "less than one descriptor: none"),
      (unix, 1, 1, 1012, .used, "253 descriptors"),
      (unix, 1, 1, 1016, .rejected, "254 descriptors"),
      (unix, 1, 2, 12, .used, "SCM_CREDENTIALS"),
      (unix, 1, 2, 8, .rejected, "SCM_CREDENTIALS, short"),
      (unix, 1, 36, 4, .rejected, "SO_MARK"),
      (unix, 17, 103, 2, .ignored, "another level"),
      (netlink, 1, 1, 4, .rejected, "SCM_RIGHTS"),
      (netlink, 1, 2, 12, .used, "SCM_CREDENTIALS"),
      (packet, 1, 36, 4, .used, "SO_MARK"),
      (packet, 263, 1, 4, .ignored, "SOL_PACKET has none to send"),
      (vsock, 1, 36, 4, .ignored, "vsock looks at none"),
      (sctp, 132, 2, 16, .used, "SCTP_SNDINFO"),
      (sctp, 132, 3, 16, .rejected, "SCTP_RCVINFO is only received"),
      (rxrpc, 272, 1, 8, .used, "RXRPC_USER_CALL_ID is an unsigned long"),
      (rxrpc, 272, 13, 6, .rejected, "timeouts are u32s"),
      (mptcp, 1, 999, 4, .ignored, "MPTCP looks at none"),
      (dccp, 1, 36, 4, nil, "a protocol whose reader is not known"),
    ] as [(Socket, Int32, Int32, Int, ControlMessage.Status?, Comment)])
  func statuses(
    socket: Socket, level: Int32, type: Int32, size: Int, status: ControlMessage.Status?,
    reason: Comment
  ) {
    let data = [1] + [UInt8](repeating: 0, count: max(size - 1, 0))
    let messages = decode([controlMessage(level: level, type: type, data: data)], socket)
    #expect(messages.map(\.status) == [status], reason)
    if status == .ignored || status == .rejected { #expect(messages.first?.why != nil, reason) }
    if status == nil { #expect(messages.first?.why == nil, reason) }
  }

  /// Each bound and its neighbour is a row of Tests/Programs/short_udp.c, of which the kernel is
  /// asked.
  @Test(
    arguments: [
      (udp, 0, 1, 0...255, "IP_TOS"), (udp, 0, 2, 1...255, "IP_TTL"),
      (raw, 0, 52, 1...255, "IP_PROTOCOL"), (udp6, 41, 52, -1...255, "IPV6_HOPLIMIT"),
      (udp6, 41, 8, -1...255, "IPV6_2292HOPLIMIT"), (udp6, 41, 67, -1...255, "IPV6_TCLASS"),
      (udp6, 41, 62, 0...1, "IPV6_DONTFRAG"),
    ] as [(Socket, Int32, Int32, ClosedRange<Int64>, Comment)])
  func values(
    socket: Socket, level: Int32, type: Int32, range: ClosedRange<Int64>, reason: Comment
  ) {
    for value in [range.lowerBound - 1, range.lowerBound, range.upperBound, range.upperBound + 1] {
      let data = littleEndian(UInt64(bitPattern: value), 4)
      let message = decode([controlMessage(level: level, type: type, data: data)], socket).first
      #expect(message?.status == (range.contains(value) ? .used : .rejected), reason)
    }
  }

  @Test func withoutASocketNothingIsSaid() {
    let messages = decode([controlMessage(level: 17, type: 103, data: [1, 2])], nil)
    #expect(messages.map(\.status) == [nil])
  }

  @Test func theDestinationOfAMessageDecides() {
    let block = controlMessage(level: 0, type: 1, data: [0])
    var call = FakeCall([
      FakeMessage(name: inetAddress(127, 0, 0, 1, port: 9), iovecs: [[1]], control: block),
      FakeMessage(iovecs: [[1]], control: block),
    ])
    call.socket = socketSnapshot(family: 10, type: 2, protocolNumber: 17)
    let statuses = call.decoded().messages.map { $0.control?.first?.status }
    #expect(statuses == [.used, .ignored])
  }

  @Test func aRejectionEndsTheWalk() {
    let good = controlMessage(level: 0, type: 1, data: [0])
    let bad = controlMessage(level: 0, type: 4, data: [0])
    let segment = controlMessage(level: 17, type: 103, data: [1, 2])
    #expect(
      decode([good, bad, good, segment], Self.udp).map(\.status)
        == [.used, .rejected, .ignored, .used],
      "UDP reads all of SOL_UDP first")
    let badSegment = controlMessage(level: 17, type: 103, data: [1, 2, 3, 4])
    #expect(
      decode([good, segment, badSegment, segment], Self.udp).map(\.status)
        == [.ignored, .used, .rejected, .ignored],
      "and so refuses before anything else is looked at")
    #expect(
      decode([good, bad, good], Self.raw).map(\.status) == [.used, .rejected, .ignored])
  }

  @Test func anUnsignedLongIsTheTracees() {
    var call = FakeCall(
      [
        FakeMessage(
          iovecs: [[1]], control: controlMessage(.i386, level: 272, type: 1, data: [1, 2, 3, 4]))
      ], abi: .i386)
    call.socket = socketSnapshot(family: 33, type: 2)
    #expect(call.decoded().messages.first?.control?.first?.status == .used)
  }

  private func decode(_ messages: [[UInt8]], _ socket: Socket?) -> [ControlMessage] {
    let block = messages.flatMap { $0 + Array(repeating: 0, count: (8 - $0.count % 8) % 8) }
    var call = FakeCall([FakeMessage(iovecs: [[1]], control: block)])
    call.socket = socket.map {
      socketSnapshot(family: $0.family, type: $0.type, protocolNumber: $0.number, peer: $0.peer)
    }
    return call.decoded().messages.first?.control ?? []
  }
}
