import Analysis
import Records
import Testing

/// Checks that depend on the release of Linux.
@Suite struct KernelReleaseTests {
  typealias Row = DiagnosisRow

  private static let kernels: [Row] = [
    Row("a segment over the MTU, before 6.14", "EINVAL", .likely) {
      $0.segment(by: 1473)
      $0.evidence.kernel = KernelRelease(6, 12)
    },
    Row("a segment over the MTU, since 6.14", "EMSGSIZE", .likely) { $0.segment(by: 1473) },
    Row("65 segments before 6.9", "EINVAL", .likely) {
      $0.segment(by: 10, bytes: 650)
      $0.evidence.kernel = KernelRelease(6, 1, 50)
    },
    Row("129 segments of any kernel", "EINVAL", .likely) {
      $0.segment(by: 10, bytes: 1290)
      $0.isConnected = true
      $0.name = nil
      $0.evidence.kernel = nil
    },
    Row("129 segments where no ICMP error can wait", "EINVAL", .certain) {
      $0.segment(by: 10, bytes: 1290)
    },
    Row("an interface without checksums, before 6.11", "EIO", .likely) {
      $0.segment(by: 10, bytes: 20)
      $0.evidence.kernel = KernelRelease(6, 6)
    },
    Row("TX_COMPLETION before 6.15", "EINVAL", .likely) {
      $0.control = [.used(1, 37, [0, 0, 4, 0])]
      $0.evidence.kernel = KernelRelease(6, 12)
    },
    Row("SO_PRIORITY before 6.14", "EINVAL", .likely) {
      $0.control = [.used(1, 12, [1, 0, 0, 0])]
      $0.evidence.kernel = KernelRelease(6, 12)
    },
    Row("SO_PRIORITY of a kernel that is not known", "EINVAL", .possible) {
      $0.control = [.used(1, 12, [1, 0, 0, 0])]
      $0.evidence.kernel = nil
    },
    Row("SCM_TS_OPT_ID before 6.13, for which the socket is prepared", "EINVAL", .likely) {
      $0.control = [.used(1, 81, [1, 0, 0, 0])]
      $0.evidence.socket?.timestampingFlags = 0x80
      $0.evidence.kernel = KernelRelease(6, 12)
    },
    Row("IP_PROTOCOL before 6.4", "EINVAL", .likely) {
      $0.control = [.used(0, 52, [6, 0, 0, 0])]
      $0.evidence.kernel = KernelRelease(6, 1)
    },
    Row("SO_MARK of TCP before 6.16", "EINVAL", .certain) {
      $0.makeStream()
      $0.control = [.used(1, 36, [1, 0, 0, 0])]
      $0.evidence.kernel = KernelRelease(6, 12)
    },
    Row("SO_MARK of TCP since 6.16", "EPERM", .certain) {
      $0.makeStream()
      $0.control = [.used(1, 36, [1, 0, 0, 0])]
    },
    Row("more than the buffer, and no peer, before 6.14", "ENOTCONN", .likely) {
      $0.makeUnixWithoutPeer()
      $0.evidence.kernel = KernelRelease(6, 12)
    },
    Row("more than the buffer, and no peer, since 6.14", "EMSGSIZE", .certain) {
      $0.makeUnixWithoutPeer()
    },
    Row("an ihl of 4 that 6.12.91 lets pass", "EPERM", .possible) {
      $0.makeRaw(ihl: 4)
      $0.evidence.kernel = KernelRelease(6, 12, 91)
    },
    Row("an ihl of 4 that 6.12.92 refuses", "EINVAL", .likely) {
      $0.makeRaw(ihl: 4)
      $0.evidence.kernel = KernelRelease(6, 12, 92)
    },
    Row("an ihl of 15 of any kernel", "EINVAL", .likely) {
      $0.makeRaw(ihl: 15)
      $0.evidence.kernel = KernelRelease(5, 4)
    },
    Row("other timestamping flags", "EINVAL", .certain) {
      $0.control = [.used(1, 37, [0x10, 0, 0, 0])]
    },
  ]

  @Test(arguments: kernels)
  func lostErrors(_ row: Row) { row.check() }
}

extension FailedCall {
  fileprivate mutating func makeUnixWithoutPeer() {
    family = 1
    protocolNumber = 0
    earlierName = name
    name = nil
    bytes = 300_000
    evidence.destination = nil
  }

  fileprivate mutating func makeStream() {
    type = .stream
    protocolNumber = 6
    isConnected = true
    name = nil
    evidence.socket?.tcpState = 1
  }

  fileprivate mutating func makeRaw(ihl: UInt8) {
    (type, protocolNumber, bytes) = (.raw, 255, 40)
    payload[0] = 0x40 | ihl
    evidence.socket?.includesHeader = true
    setRoute { $0.mtu = 1500 }
  }

  fileprivate mutating func segment(by size: UInt16, bytes: UInt64 = 2000) {
    self.bytes = bytes
    control = [.used(17, 103, [UInt8(truncatingIfNeeded: size), UInt8(size >> 8)])]
    setRoute { $0.mtu = 1500 }
  }
}
