import Analysis
import Records
import Testing

/// Checks that stand before the one that a message surely fails, and that it may have failed first.
@Suite struct EarlierCheckTests {
  typealias Row = DiagnosisRow

  private static let waits: [Row] = [
    Row("a payload that was there at the entry", "EFAULT", .likely) {
      $0.payloadIsGone()
      $0.payloadWasReadable = true
    },
    Row("a payload unmapped while the receiver's queue was full", "ECONNREFUSED", .likely) {
      $0.makeUnix(.datagram)
      $0.payloadIsGone()
      $0.payloadWasReadable = true
      $0.wasDisconnected = true
    },
    Row("a stream shut down while it waited", "EFAULT", .likely) {
      $0.makeUnix(.stream)
      $0.payloadIsGone()
      $0.evidence.socket?.isWritable = false
    },
    Row("a stream that has room and did not wait", "EFAULT", .certain) {
      $0.evidence.socket?.isShutForSending = false
      $0.makeUnix(.stream)
      $0.payloadIsGone()
    },
  ]

  private static let meanwhile: [Row] = [
    Row("a buffer made too small for it while it waited", "EAGAIN", .likely) {
      $0.waitsForSmallBuffer()
    },
    Row("a message that may have been too long from the start", "EMSGSIZE", .likely) {
      $0.waitsForSmallBuffer()
      $0.earlierBytes = 10
    },
    Row("a buffer made too small for it, and filled, just before", "EAGAIN", .likely) {
      $0.waitsForSmallBuffer()
      $0.flags = .dontWait
      $0.duration = 1000
    },
    Row("a buffer made too small for it, and not full", "EMSGSIZE", .likely) {
      $0.waitsForSmallBuffer()
      $0.flags = .dontWait
      $0.duration = 1000
      $0.evidence.socket?.sendMemory = 0
      $0.evidence.socket?.isWritable = true
    },
    Row("a buffer that nobody else can have made smaller", "EMSGSIZE", .certain) {
      $0.waitsForSmallBuffer()
      $0.evidence.socketIsShared = false
    },
  ]

  private static let ways: [Row] = [
    Row("a mark may lead another way", "EMSGSIZE", .likely) {
      $0.bytes = 65_510
      $0.control = [.used(1, 36, [7, 0, 0, 0])]
      $0.evidence.credentials?.capabilities = 1 << 12
    },
    Row("so may a type of service", "EMSGSIZE", .likely) {
      $0.bytes = 65_510
      $0.control = [.used(0, 1, [0x10, 0, 0, 0])]
    },
    Row("a TTL may not", "EMSGSIZE", .certain) {
      $0.bytes = 65_510
      $0.control = [.used(0, 2, [9, 0, 0, 0])]
    },
    Row("an interface that the socket is not bound to", "EINVAL", .likely) {
      $0.makeIPv6()
      $0.bytes = 65_530
      $0.control = [.used(41, 50, Array(repeating: 0, count: 16) + [2, 0, 0, 0])]
      $0.evidence.socket?.boundInterface = 1
    },
    Row("an interface that the socket is bound to", "EMSGSIZE", .likely) {
      $0.makeIPv6()
      $0.bytes = 65_530
      $0.control = [.used(41, 50, Array(repeating: 0, count: 16) + [1, 0, 0, 0])]
      $0.evidence.socket?.boundInterface = 1
    },
  ]

  private static let sizes: [Row] = [
    Row("65,520 bytes and eight of hop-by-hop options", "EMSGSIZE", .likely) {
      $0.makeIPv6()
      $0.bytes = 65_520
      $0.evidence.socket?.networkHeaderBytes = 8
      $0.payloadIsGone()
    },
    Row("65,519 bytes fit with them", "EFAULT", .certain) {
      $0.makeIPv6()
      $0.bytes = 65_519
      $0.setMTU(65_535)
      $0.evidence.socket?.networkHeaderBytes = 8
      $0.payloadIsGone()
    },
    Row("destination options count twice", "EMSGSIZE", .likely) {
      $0.makeIPv6()
      $0.bytes = 65_512
      $0.evidence.socket?.destinationHeaderBytes = 8
      $0.payloadIsGone()
    },
    Row("IP options and the MTU", "EMSGSIZE", .likely) {
      $0.bytes = 1469
      $0.evidence.socket?.mtuDiscovery = .do
      $0.evidence.socket?.optionBytes = 4
      $0.setMTU(1500)
      $0.payloadIsGone()
    },
    Row("without them it fits", "EFAULT", .certain) {
      $0.bytes = 1469
      $0.evidence.socket?.mtuDiscovery = .do
      $0.setMTU(1500)
      $0.payloadIsGone()
    },
    Row("129 segments on a way whose MTU is not known", "EINVAL", .likely) {
      $0.bytes = 1290
      $0.control = [.used(17, 103, [10, 0])]
    },
    Row("129 segments that are over the MTU with IP options", "EMSGSIZE", .likely) {
      $0.bytes = 60 * 129
      $0.control = [.used(17, 103, [60, 0])]
      $0.evidence.socket?.optionBytes = 40
      $0.setMTU(100)
    },
  ]

  private static let heldBack: [Row] = [
    Row("a raw packet of two messages", "EMSGSIZE", .certain) {
      $0.type = .raw
      $0.protocolNumber = 253
      $0.flags = .more
      $0.bytes = 65_510
      $0.payloadIsGone()
    },
    Row("what earlier calls held back counts too", "EFAULT", .likely) {
      $0.type = .raw
      $0.protocolNumber = 253
      $0.flags = .more
      $0.payloadIsGone()
    },
    Row("IPv6 looks at the address before what is held back", "EINVAL", .certain) {
      $0.makeIPv6()
      $0.flags = .more
      $0.bytes = 65_520
      $0.nameLength = 20
    },
  ]

  /// The way of what has a source route is not that to its destination.
  private static let sourceRoutes: [Row] = [
    Row("past a way that is prohibited", "EMSGSIZE", .likely) {
      $0.isRoutedPast { $0.refusal = .accessDenied }
      $0.bytes = 65_505
    },
    Row("past a way that takes less", "EFAULT", .likely) {
      $0.isRoutedPast { $0.mtu = 600 }
      $0.evidence.socket?.mtuDiscovery = .do
      $0.bytes = 700
      $0.payloadIsGone()
    },
    Row("perhaps to where no route leads", "ENETUNREACH", .possible) {
      $0.isRoutedPast { _ in }
    },
  ]

  private static let families: [Row] = [
    Row(":: of a socket that is bound to an IPv4 address", "EMSGSIZE", .certain) {
      $0.makeIPv6()
      $0.name = .inet6(0, 0, 9)
      $0.local = .inet6(0, 0xffff_7f00_0001, 5000)
      $0.evidence.socket?.isIPv6Only = false
      $0.bytes = 65_510
    },
    Row(":: of any other", "EFAULT", .certain) {
      $0.makeIPv6()
      $0.name = .inet6(0, 0, 9)
      $0.bytes = 65_510
      $0.setMTU(65_535)
      $0.payloadIsGone()
    },
    Row("an interface of the socket's own may lead another way", "EFAULT", .likely) {
      $0.makeIPv6()
      $0.earlierName = .inet6(0, 2, 9)
      $0.setMTU(65_535)
      $0.payloadIsGone()
    },
    Row("not to where one went before it", "EFAULT", .certain) {
      $0.makeIPv6()
      $0.earlierName = .inet6(0, 1, 8)
      $0.setMTU(65_535)
      $0.payloadIsGone()
    },
    Row("a queue of a connection in repair", "EFAULT", .likely) {
      ($0.type, $0.protocolNumber, $0.isConnected) = (.stream, 6, true)
      $0.evidence.socket?.tcpState = 1
      $0.evidence.socket?.isInRepair = true
      $0.payloadIsGone()
    },
    Row("a port over 255 of a raw socket of any protocol", "EINVAL", .certain) {
      $0.makeRaw6()
      $0.name = .inet6(0, 1, 300)
    },
    Row("ten bytes are no IPv6 header", "EINVAL", .likely) {
      $0.makeRaw6()
      $0.evidence.socket?.includesHeader = true
    },
  ]

  @Test(arguments: waits + meanwhile + ways + sizes + heldBack + sourceRoutes + families)
  func lostErrors(_ row: Row) { row.check() }

  @Test func aFlowLabelMayBeAnotherSockets() {
    var failed = FailedCall()
    failed.makeIPv6()
    failed.bytes = 65_530
    for (label, isPossible) in [([0, 5, 0x43, 0x21], true), ([1, 0, 0, 0], false)]
      as [([UInt8], Bool)]
    {
      failed.control = [.used(41, 11, label)]
      let verdict = Verdict.of(failed.call)
      #expect(verdict.errno == .messageTooLong && verdict.certainty == .likely)
      #expect(verdict.candidates.contains { $0.errno == .invalidArgument } == isPossible)
    }
  }

  @Test func aFullReceiverIsNoFullSendBuffer() {
    var failed = FailedCall()
    failed.makeUnix(.datagram)
    failed.flags = .dontWait
    failed.evidence.socket?.isWritable = false
    failed.evidence.socket?.sendMemory = 8448
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno == .again && verdict.certainty == .likely)
    #expect(verdict.why?.hasPrefix("the receiver's queue is full") == true, "\(verdict.why ?? "")")
    failed.evidence.socket?.sendMemory = 212_992
    #expect(
      Verdict.of(failed.call).why?.hasPrefix("the send buffer is full (212992 of 212992") == true)
  }
}

extension FailedCall {
  /// By the source route of its socket, to another destination than the message before.
  fileprivate mutating func isRoutedPast(_ change: (inout RouteState) -> Void) {
    earlierName = .inet(0x7f00_0001, 9998)
    evidence.socket?.hasSourceRoute = true
    evidence.socket?.optionBytes = 8
    setRoute(change)
  }

  fileprivate mutating func makeRaw6() {
    makeIPv6()
    type = .raw
    protocolNumber = 255
    name = .inet6(0, 1, 0)
  }
}
