import Analysis
import Records
import Testing

/// Sockets that could not be asked themselves: what the kernel says of them from outside speaks for
/// an error, and proves none.
@Suite struct OutsideStateTests {
  typealias Row = DiagnosisRow

  private static let unixSockets: [Row] = [
    Row("no address, and no peer", "ENOTCONN", .likely) {
      $0.isSeenFromOutside()
      $0.makeUnix()
      $0.isConnected = false
      $0.earlierName = SocketAddress(
        family: .unix, form: .unix(.path(Array("/run/log".utf8))), raw: nil)
    },
    Row("what is over the send buffer", "EMSGSIZE", .likely) {
      $0.isSeenFromOutside()
      $0.makeUnix()
      $0.bytes = 300_000
    },
    Row("a peer that was shut down, and a signal", "EPIPE", .likely) {
      $0.isSeenFromOutside()
      $0.makeUnix(.sequencedPacket)
      $0.evidence.socket?.isShutForSending = true
      $0.evidence.pendingSignals = 1 << 16
    },
    Row("a peer that has closed with data unread, and a signal", "ECONNRESET", .possible) {
      $0.isSeenFromOutside()
      $0.makeUnix(.sequencedPacket)
      $0.evidence.socket?.isHungUp = true
      $0.evidence.pendingSignals = 1 << 16
    },
    Row("a full buffer, and what may have limited the wait", "EAGAIN", .possible) {
      $0.isSeenFromOutside()
      $0.makeUnix(.stream)
      $0.evidence.socket?.sendMemory = 212_992
      $0.duration = 100_000_000
    },
  ]

  private static let internetSockets: [Row] = [
    Row("a full buffer", "EAGAIN", .likely) {
      $0.isSeenFromOutside()
      $0.flags = .dontWait
      $0.evidence.socket?.sendMemory = 212_992
    },
    Row("all that is left", "EPERM", .possible) {
      $0.isSeenFromOutside()
      $0.name = .inet(0x7f00_0001, 9998)
      $0.earlierName = .inet(0x7f00_0001, 9999)
    },
    Row("what is left is more than one", nil, .unknown) {
      $0.isSeenFromOutside()
      $0.evidence.socket?.receivesErrors = nil
    },
    Row("what options of the socket have no part in", "EMSGSIZE", .likely) {
      $0.isSeenFromOutside()
      $0.bytes = 70_000
    },
    Row("no address, and no peer of UDP", "EDESTADDRREQ", .likely) {
      $0.isSeenFromOutside()
      $0.name = nil
      $0.earlierName = .inet(0x7f00_0001, 9999)
    },
    Row("no route, and all known that leads there", "ENETUNREACH", .likely) {
      $0.isSeenFromOutside()
      $0.earlierName = .inet(0x7f00_0001, 9998)
      $0.evidence.socket?.boundInterface = 0
      $0.setRoute { $0.refusal = .networkUnreachable }
    },
    Row("no route, and an unknown mark", "ENETUNREACH", .possible) {
      $0.isSeenFromOutside()
      $0.earlierName = .inet(0x7f00_0001, 9998)
      $0.setRoute { $0.refusal = .networkUnreachable }
    },
    Row("port 0, unless UDP_CORK holds the message before it back", "EINVAL", .possible) {
      $0.isSeenFromOutside()
      $0.name = .inet(0x7f00_0001, 0)
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 0)
    },
    Row("a payload that cannot be read", "EFAULT", .likely) {
      $0.isSeenFromOutside()
      $0.payloadIsGone()
      $0.setRoute { _ in }
    },
    Row("the same, and no room for as many options as there may be", "EFAULT", .possible) {
      $0.isSeenFromOutside()
      $0.payloadIsGone()
      $0.setRoute { _ in }
      $0.bytes = 65_490
    },
    Row("the same of a socket of which nothing is known", "EFAULT", .possible) {
      $0.payloadIsGone()
      $0.evidence.socketIsShared = nil
      $0.evidence.socket = nil
    },
    Row("port 0, and nothing that is refused behind the first", "EINVAL", .likely) {
      $0.isSeenFromOutside()
      $0.name = .inet(0x7f00_0001, 0)
      $0.evidence.payload = .readable
    },
  ]

  /// What an option that could not be asked for decides comes before what would fail for sure.
  private static let options: [Row] = [
    Row("a transmit time, which SO_TXTIME has to allow, and too many bytes", "EINVAL", .possible) {
      $0.isSeenFromOutside()
      $0.control = [.used(1, 61, [0, 0, 0, 0, 0, 0, 0, 0])]
      $0.bytes = 65_520
    },
    Row("a number for its time stamp, and a payload that cannot be read", "EINVAL", .possible) {
      $0.isSeenFromOutside()
      $0.control = [.used(1, 81, [1, 0, 0, 0])]
      $0.setRoute { _ in }
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 0)
    },
    Row("the same of TCP, and a transmit time", "EINVAL", .possible) {
      $0.isSeenFromOutside()
      ($0.type, $0.protocolNumber, $0.isConnected, $0.name) = (.stream, 6, true, nil)
      $0.evidence.socket?.tcpState = 1
      $0.control = [.used(1, 61, [0, 0, 0, 0, 0, 0, 0, 0])]
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 0)
    },
    Row("a route that is closed, unless SO_DONTROUTE leaves it out", "EHOSTUNREACH", .possible) {
      $0.isSeenFromOutside()
      $0.earlierName = .inet(0x7f00_0001, 9998)
      $0.evidence.socket?.boundInterface = 0
      $0.setRoute { $0.refusal = .hostUnreachable }
    },
    Row("port 0, unless the option memory was used up", "EINVAL", .possible) {
      $0.isSeenFromOutside()
      $0.name = .inet(0x7f00_0001, 0)
      $0.control = [.used(99, 1, Array(repeating: 0, count: 130_000))]
    },
  ]

  private static let rawSockets: [Row] = [
    Row("over the limit, unless its header is in it", "EMSGSIZE", .possible) {
      $0.isSeenFromOutside()
      $0.makeRaw(protocolNumber: 1)
      $0.bytes = 65_520
    },
    Row("no header of IPPROTO_RAW, which brings it mostly", "EINVAL", .possible) {
      $0.isSeenFromOutside()
      $0.makeRaw(protocolNumber: 255)
    },
    Row("a payload that cannot be read, or what ICMP refused", "EFAULT", .possible) {
      $0.isSeenFromOutside()
      $0.makeRaw(protocolNumber: 253)
      $0.setRoute { _ in }
      $0.payloadIsGone()
    },
    Row("no route, which comes before its payload", "ENETUNREACH", .possible) {
      $0.isSeenFromOutside()
      $0.makeRaw(protocolNumber: 253)
      $0.earlierName = .inet(0x7f00_0001, 9998)
      $0.setRoute { $0.refusal = .networkUnreachable }
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 0)
    },
  ]

  /// Of a message that was not read as a whole.
  private static let unread: [Row] = [
    Row("an address that names no interface, as far as was read", nil, .unknown) {
      ($0.family, $0.type, $0.protocolNumber, $0.name) = (17, .datagram, 0, nil)
      $0.isSeenFromOutside()
      ($0.hasUnreadName, $0.nameLength) = (true, 20)
      $0.evidence.socket?.interface = InterfaceState(index: 0, exists: false)
    },
    Row("no segments in UDP-Lite, or too many of them", "EIO", .possible) {
      $0.isSeenFromOutside()
      $0.protocolNumber = 136
      $0.bytes = nil
      $0.isTruncated = true
      $0.control = [.used(17, 103, [1, 0])]
    },
  ]

  @Test(arguments: unixSockets + internetSockets + options + unread + rawSockets)
  func isSaid(_ row: Row) { row.check() }

  /// What options of a socket that could not be asked may refuse was perhaps not sent.
  @Test func sentOrRefusedByWhatIsUnknown() {
    var failed = FailedCall()
    failed.isSeenFromOutside()
    failed.earlierName = .inet(0x7f00_0001, 9998)
    failed.setRoute { $0.refusal = .hostUnreachable }
    failed.evidence.sentLengthIsWritable = false
    let verdict = Verdict.of(failed.call)
    #expect(verdict.cause == .uncountedSend && verdict.certainty == .possible)
    #expect(verdict.candidates.map(\.errno) == [.hostUnreachable])
    // What cannot be copied was not sent, whatever the socket is like.
    failed.setRoute { _ in }
    failed.makeRaw(protocolNumber: 253)
    failed.payloadIsGone()
    #expect(Verdict.of(failed.call).cause == .error)
  }

  /// What nobody knows need not have come to its header.
  @Test func probeOfAnUnknownSocket() {
    var call = FailedCall(nameLength: -1).call
    call.socket = nil
    #expect(Verdict.of(call).certainty == .certain)
    call.arguments?.flags.insert(.probe)
    #expect(Verdict.of(call).certainty == .likely)
  }

  /// Where nothing is said of it, a connection may have been shut down before the signal came.
  @Test func signalOfAnUnknownSocket() {
    var failed = FailedCall()
    failed.makeUnix(.sequencedPacket)
    failed.evidence.socket = nil
    failed.evidence.socketIsShared = nil
    failed.evidence.pendingSignals = 1 << 16
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .interrupted && verdict.certainty == .possible)
    #expect(verdict.candidates.contains { $0.errno == .brokenPipe })
    failed.evidence.pendingSignals = 0
    failed.flags = .dontWait
    #expect(Verdict.of(failed.call).candidates.contains { $0.errno == .connectionRefused })
    failed.evidence = FailedCall.quiet
    failed.makeUnix(.sequencedPacket)
    failed.evidence.socket?.isShutForSending = false
    failed.evidence.socket?.isWritable = false
    failed.evidence.pendingSignals = 1 << 16
    #expect(Verdict.of(failed.call).certainty == .likely)
  }
}

extension FailedCall {
  /// Of a socket of which no more is known than sock_diag(7) says.
  fileprivate mutating func isSeenFromOutside() {
    evidence.socketIsShared = nil
    let known = evidence.socket
    var socket = SocketState(isConnected: false)
    socket.isFromOutside = true
    socket.sendBuffer = known?.sendBuffer
    socket.sendMemory = known?.sendMemory
    socket.isWritable = known?.isWritable
    socket.isHungUp = known?.isHungUp
    socket.receivesErrors = known?.receivesErrors
    socket.isShutForSending = false
    evidence.socket = socket
  }

  fileprivate mutating func makeRaw(protocolNumber: Int32) {
    (type, self.protocolNumber) = (.raw, protocolNumber)
  }
}
