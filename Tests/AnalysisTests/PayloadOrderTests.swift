import Analysis
import Records
import Testing

/// A payload that cannot be read is surely the reason only where every check that the protocol
/// makes before it copies is known to have passed.
@Suite struct PayloadOrderTests {
  struct Row: CustomTestStringConvertible, Sendable {
    var kind: Kind
    var reason: String
    var change: @Sendable (inout FailedCall) -> Void
    var testDescription: String { "\(kind), \(reason)" }

    init(
      _ kind: Kind, _ reason: String, _ change: @escaping @Sendable (inout FailedCall) -> Void
    ) {
      self.kind = kind
      self.reason = reason
      self.change = change
    }
  }

  enum Kind: CaseIterable, Sendable {
    case udp, udp6, udpMapped, raw, raw6, ping, ping6
    case unixDatagram, unixRecord, unixStream, netlink, tcp, packet, packetOld
  }

  private static let everywhere: [Row] = Kind.allCases.flatMap { kind in
    [
      Row(kind, "whose socket could not be asked") { $0.evidence.socket = nil },
      Row(kind, "that was rewritten") { $0.evidence.messageIsUnchanged = false },
      Row(kind, "with an old control block of an unknown limit") {
        $0.control = [.used(99, 1, Array(repeating: 0, count: 40))]
        $0.evidence.limits.optionMemory = nil
      },
    ]
  }

  private static let internet: [Row] =
    ([.udp, .udp6, .raw, .raw6, .ping, .ping6] as [Kind])
    .flatMap { kind in
      [
        Row(kind, "that may not be fragmented, over the MTU") {
          $0.bytes = 1500
          $0.discoverMTU(.do)
        },
        Row(kind, "that may not be fragmented, of an unknown MTU") {
          $0.bytes = 1500
          $0.setMTU(nil)
          $0.discoverMTU(.do)
        },
        Row(kind, "that may perhaps not be fragmented") {
          $0.bytes = 1500
          $0.discoverMTU(nil)
        },
        Row(kind, "of many fragments, with a small buffer") {
          $0.bytes = 60_000
          $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 50_000)
          $0.evidence.socket?.sendBuffer = 4608
        },
        Row(kind, "of many fragments, with an unknown buffer") {
          $0.bytes = 60_000
          $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 50_000)
          $0.evidence.socket?.sendBuffer = nil
        },
        Row(kind, "that may have come behind a shutdown") { $0.evidence.socket?.isHungUp = nil },
        Row(kind, "that may have waited too long") { $0.evidence.socket?.sendTimeout = nil },
        Row(kind, "to where no way was looked for") {
          $0.evidence.destination = nil
          $0.earlierName = .inet(0x7f00_0002, 9)
        },
      ]
    } + [
      Row(.udp6, "with an unknown IPV6_DONTFRAG") {
        $0.bytes = 1500
        $0.evidence.socket?.forbidsFragments = nil
      },
      Row(.udpMapped, "with an unknown IPV6_V6ONLY") { $0.evidence.socket?.isIPv6Only = nil },
      Row(.raw, "that may bring its header") { $0.evidence.socket?.includesHeader = nil },
      Row(.raw6, "that may bring its header") { $0.evidence.socket?.includesHeader = nil },
      Row(.raw, "that brings its header, of an unknown MTU") {
        $0.evidence.socket?.includesHeader = true
        $0.bytes = 60
        $0.setMTU(nil)
      },
    ]

  private static let others: [Row] =
    ([.unixDatagram, .unixRecord, .netlink] as [Kind]).map { kind in
      Row(kind, "with an unknown buffer") { $0.evidence.socket?.sendBuffer = nil }
    }
    + ([.unixDatagram, .unixRecord, .unixStream, .packet] as [Kind]).map { kind in
      Row(kind, "that may have come behind a shutdown") { $0.evidence.socket?.isHungUp = nil }
    } + [
      Row(.unixDatagram, "behind an error that may wait") { $0.evidence.socket?.hasError = nil },
      Row(.tcp, "in an unknown state") { $0.evidence.socket?.tcpState = nil },
      Row(.packet, "on an unknown interface") { $0.evidence.socket?.interface = nil },
      Row(.packet, "on an interface of an unknown MTU") {
        $0.evidence.socket?.interface?.mtu = nil
      },
      Row(.packet, "on an interface that may be down") {
        $0.evidence.socket?.interface?.isUp = nil
      },
      Row(.packet, "with what may be a virtio_net_hdr") {
        $0.evidence.socket?.hasVirtualHeader = nil
      },
      Row(.packet, "over the MTU behind a virtio_net_hdr") {
        $0.evidence.socket?.hasVirtualHeader = true
        $0.bytes = 3000
        $0.payload = Array(repeating: 0, count: 10)
        $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 10)
      },
      Row(.packet, "over the MTU and the link header of what has none") {
        $0.type = .raw
        $0.bytes = 1510
        $0.evidence.socket?.interface?.linkHeader = 0
      },
      Row(.packet, "of a link header that is not known") {
        $0.type = .raw
        $0.evidence.socket?.interface?.linkHeader = nil
      },
      Row(.packetOld, "on an unknown interface") { $0.evidence.socket?.interface = nil },
    ]

  @Test(arguments: Kind.allCases) func oneFaultIsCertain(_ kind: Kind) {
    let verdict = Verdict.of(FailedCall(kind).call)
    #expect(verdict.errno == .badAddress, "\(verdict.why ?? "")")
    // Which never waits, so that its buffer may have been full.
    let ofFullBuffer: Errno? =
      switch kind {
      case .ping6: .again
      case .raw, .raw6: .noBuffers
      default: nil
      }
    #expect(
      verdict.certainty == (ofFullBuffer == nil ? .certain : .likely), "\(verdict.candidates)")
    #expect(verdict.candidates.map(\.errno) == [ofFullBuffer].compactMap { $0 })
  }

  @Test(arguments: everywhere + internet + others) func whatComesFirstIsNotForgotten(_ row: Row) {
    var failed = FailedCall(row.kind)
    row.change(&failed)
    let verdict = Verdict.of(failed.call)
    #expect(
      verdict.errno != .badAddress || verdict.certainty != .certain, "\(verdict.why ?? "")")
  }

  /// A fragment is copied before the next one is given memory.
  @Test func aFaultInTheFirstFragmentComesFirst() {
    var failed = FailedCall(.udp)
    failed.bytes = 60_000
    failed.evidence.socket?.sendBuffer = 4608
    #expect(Verdict.of(failed.call).certainty == .certain)
    failed.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 50_000)
    let verdict = Verdict.of(failed.call)
    #expect(verdict.errno?.name == "ENOBUFS" && verdict.certainty == .likely)
  }

  /// The errno is proven by a later check, and may be that of one before it.
  @Test func theReasonOfAProvenErrnoMayBeAnother() {
    var call = FailedCall(.udp).call
    call.messages[1].truncated = true
    let verdict = Verdict.of(call)
    #expect(verdict.errno == .badAddress && verdict.certainty == .certain)
    #expect(verdict.why?.contains("not read as a whole") == true, "\(verdict.why ?? "")")
    #expect(verdict.why?.contains("; else its payload cannot be read") == true)
  }
}

extension FailedCall {
  /// One whose payload cannot be read, and nothing else is wrong with it.
  fileprivate init(_ kind: PayloadOrderTests.Kind) {
    self.init()
    evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
    evidence.socket?.mtuDiscovery6 = .want
    evidence.socket?.forbidsFragments = false
    evidence.socket?.isIPv6Only = false
    evidence.socket?.isShutForSending = false
    setMTU(1400)
    switch kind {
    case .udp: break
    case .udp6: name = .inet6(0, 1, 9)
    case .udpMapped: name = .inet6(0, 0xffff_7f00_0001, 9)
    case .raw: (type, protocolNumber) = (.raw, 253)
    case .raw6: (type, protocolNumber, name) = (.raw, 253, .inet6(0, 1, 0))
    case .ping, .ping6:
      (protocolNumber, bytes) = (kind == .ping ? 1 : 58, 64)
      payload = [kind == .ping ? 8 : 128] + Array(repeating: 0, count: 9)
      evidence.payload = .fault(at: RemoteAddress(0x5000), after: 10)
      name = kind == .ping ? .inet(0x7f00_0001, 0) : .inet6(0, 1, 0)
    case .unixDatagram:
      makeUnix(.datagram)
      isConnected = false
      name = SocketAddress(family: .unix, form: .unix(.path(Array("/a".utf8))), raw: nil)
    case .unixRecord: makeUnix(.sequencedPacket)
    case .unixStream: makeUnix(.stream)
    case .netlink:
      makeUnix(.raw)
      family = 16
    case .tcp:
      makeUnix(.stream)
      (family, protocolNumber) = (2, 6)
      evidence.socket?.tcpState = 1
    case .packet, .packetOld:
      makeUnix(kind == .packet ? .datagram : .packet)
      (family, bytes, isConnected) = (17, 60, false)
      evidence.socket?.interface = InterfaceState(index: 1, exists: true, isUp: true, mtu: 1500)
      evidence.socket?.interface?.linkHeader = 14
      evidence.socket?.hasVirtualHeader = false
      if kind == .packetOld {
        name = SocketAddress(
          family: AddressFamily(rawValue: 17), form: .fields([]), raw: nil)
        nameLength = 18
      }
    }
    if case .inet6? = name?.form { (family, nameLength) = (10, 28) }
  }

  fileprivate mutating func discoverMTU(_ how: MTUDiscovery?) {
    evidence.socket?.mtuDiscovery = how
    evidence.socket?.mtuDiscovery6 = how
  }
}
