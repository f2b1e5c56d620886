import Analysis
import Records
import Testing

/// What AF_UNIX takes in control messages: descriptors, and what a process says of itself.
@Suite struct PassedControlTests {
  typealias Row = DiagnosisRow

  private static let descriptors: [Row] = [
    Row("a descriptor of -1 behind one that was not looked at", "EBADF", .likely) {
      $0.pass([0, -1])
    },
    Row("a descriptor of -1 behind one that is open", "EBADF", .certain) {
      $0.pass([0, -1], closed: [])
    },
    Row("a descriptor that is not open", "EBADF", .certain) { $0.pass([0, 5], closed: [5]) },
    Row("one that another thread may have closed since", "EBADF", .likely) {
      $0.pass([0, 5], closed: [5])
      $0.evidence.socketIsShared = true
    },
    Row("a descriptor of -1 behind an io_uring", "EINVAL", .certain) {
      $0.pass([0, -1], closed: [], rings: [0])
    },
    Row("the same before Linux 6.7, where it may be passed", "EBADF", .likely) {
      $0.pass([0, -1], closed: [], rings: [0])
      $0.evidence.kernel = KernelRelease(6, 1)
    },
    Row("253 descriptors in two", "EINVAL", .certain) {
      $0.pass(Array(repeating: 0, count: 200), closed: [])
      $0.control.append($0.control[0])
    },
    Row("253 descriptors in two, of which the first has one that is closed", "EBADF", .certain) {
      $0.pass(Array(repeating: 5, count: 200), closed: [5])
      $0.control.append($0.control[0])
    },
  ]

  private static let credentials: [Row] = [
    Row("another process", "EPERM", .certain) { $0.claim(pid: 8, user: 1000, group: 1000) },
    Row("another user", "EPERM", .certain) { $0.claim(pid: 7, user: 0, group: 1000) },
    Row("another group", "EPERM", .certain) { $0.claim(pid: 7, user: 1000, group: 0) },
    Row("no user", "EINVAL", .certain) { $0.claim(pid: 7, user: .max, group: 1000) },
    Row("a user that its namespace does not have, of another process", "EINVAL", .certain) {
      $0.claim(pid: 8, user: 5, group: 0, map: "0 1000 1\n")
    },
    Row("itself, in a namespace of its own", "EFAULT", .certain) {
      $0.claim(pid: 7, user: 0, group: 0, map: "0 1000 1\n")
      $0.payloadIsGone()
    },
    Row("another user, in a namespace of its own", "EPERM", .certain) {
      $0.claim(pid: 7, user: 1, group: 0, map: "0 1000 2\n")
    },
    Row("another process, with a capability of its own namespace", "EPERM", .likely) {
      $0.claim(pid: 8, user: 0, group: 0, map: "0 1000 1\n")
      $0.evidence.credentials?.capabilities = .max
    },
    Row("a namespace that has no numbers yet", "EINVAL", .certain) {
      $0.claim(pid: 7, user: 0, group: 0, map: "")
    },
    Row("a namespace of which nothing could be read", "EINVAL", .possible) {
      $0.claim(pid: 7, user: 0, group: 0, map: nil)
    },
  ]

  @Test(arguments: descriptors + credentials)
  func lostErrors(_ row: Row) { row.check() }

  @Test func descriptorsThatNobodyWantsAreKnownSince6_16() {
    var failed = FailedCall()
    failed.pass([0], closed: [])
    #expect(
      Verdict.of(failed.call).candidates.contains { $0.errno == .notPermitted }
        || Verdict.of(failed.call).errno == .notPermitted)
    failed.evidence.kernel = KernelRelease(6, 12)
    #expect(!Verdict.of(failed.call).candidates.contains { $0.errno == .notPermitted })
    #expect(Verdict.of(failed.call).errno != .notPermitted)
  }
}

extension FailedCall {
  fileprivate mutating func pass(
    _ descriptors: [Int32], closed: [Int32]? = nil, rings: [Int32] = []
  ) {
    makeUnix()
    // One that closes would be an error before the payload is read.
    type = .stream
    evidence.socket?.isShutForSending = false
    control = [.used(1, 1, descriptors.flatMap { Self.bytes(UInt32(bitPattern: $0)) })]
    (evidence.closedDescriptors, evidence.ringDescriptors) = (closed, closed == nil ? nil : rings)
  }

  /// Of user and group 1000, by the numbers that we have; `map` is what its own namespace has.
  fileprivate mutating func claim(
    pid: UInt32, user: UInt32, group: UInt32, map: String? = "0 0 4294967295\n"
  ) {
    makeUnix(.stream)
    evidence.socket?.isShutForSending = false
    control = [.used(1, 2, Self.bytes(pid) + Self.bytes(user) + Self.bytes(group))]
    evidence.credentials?.hasOurUsers = map?.hasPrefix("0 0") ?? false
    evidence.credentials?.userMap = map.flatMap { NumberMap($0) }
    evidence.credentials?.groupMap = map.flatMap { NumberMap($0) }
  }

  private static func bytes(_ word: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
  }
}
