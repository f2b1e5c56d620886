import Analysis
import Records
import Testing

/// Connections that have ended: which of two errors the kernel gave depends on whether the call
/// waited, and on the signal that it raised or did not.
@Suite struct ClosedPeerTests {
  typealias Row = DiagnosisRow

  private static let streams: [Row] = [
    Row("closed with data unread while it waited", "ECONNRESET", .likely) {
      $0.makeClosedUnix(.stream)
    },
    Row("a call that raised SIGPIPE", "EPIPE", .likely) {
      $0.makeClosedUnix(.stream)
      $0.evidence.hasOwnBrokenPipe = true
    },
    Row("a SIGPIPE that waits since an earlier call", "EPIPE", .likely) {
      $0.makeClosedUnix(.stream)
      $0.evidence.hasOwnBrokenPipe = nil
    },
    Row("a call that raises none", "EPIPE", .likely) {
      $0.makeClosedUnix(.stream)
      $0.flags = .noSignal
    },
    Row("a call that does not wait", "EPIPE", .likely) {
      $0.makeClosedUnix(.stream)
      $0.flags = .dontWait
    },
    Row("an older SIGPIPE, and a stream that goes on", "EFAULT", .certain) {
      $0.makeClosedUnix(.stream)
      $0.evidence.socket?.isHungUp = false
      $0.evidence.socket?.isShutForSending = false
      $0.evidence.hasOwnBrokenPipe = nil
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
    },
  ]

  private static let records: [Row] = [
    Row("records closed behind the message before", "ECONNRESET", .likely) {
      $0.makeClosedUnix(.sequencedPacket)
    },
    Row("records whose error waits still", "EPIPE", .likely) {
      $0.makeClosedUnix(.sequencedPacket)
      $0.evidence.socket?.hasError = true
    },
  ]

  private static let connections: [Row] = [
    Row("a connection that is there, and an older SIGPIPE", "EFAULT", .certain) {
      $0.makeTCP(state: 1)
      $0.evidence.hasOwnBrokenPipe = nil
      $0.evidence.payload = .fault(at: RemoteAddress(0x5000), after: 4)
    },
    Row("one that is gone, and an older SIGPIPE", "EPIPE", .likely) {
      $0.makeTCP(state: 7)
      $0.evidence.hasOwnBrokenPipe = nil
    },
    Row("one that is gone, without a SIGPIPE", "ECONNRESET", .likely) { $0.makeTCP(state: 7) },
  ]

  @Test(arguments: streams + records + connections)
  func ends(_ row: Row) { row.check() }
}

extension FailedCall {
  fileprivate mutating func makeClosedUnix(_ type: SocketType) {
    makeUnix(type)
    evidence.socket?.isHungUp = true
  }

  fileprivate mutating func makeTCP(state: UInt8) {
    type = .stream
    protocolNumber = 6
    isConnected = true
    name = nil
    evidence.destination = nil
    evidence.socket?.tcpState = state
  }
}
