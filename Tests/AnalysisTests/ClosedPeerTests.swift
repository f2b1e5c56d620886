import Analysis
import Records
import Testing

/// Connections that have ended: which of two errors the kernel gave depends on whether the call
/// waited, and on the signal that it raised or did not.
@Suite struct ClosedPeerTests {
  typealias Row = DiagnosisRow

  private static let streams: [Row] = [
    Row("closed while it waited, perhaps with data unread", "ECONNRESET", .possible) {
      $0.makeClosedUnix(.stream)
    },
    Row("a call that raised SIGPIPE", "EPIPE", .likely) {
      $0.makeClosedUnix(.stream)
      $0.evidence.hasOwnBrokenPipe = true
    },
    Row("a SIGPIPE that waits since an earlier call", "ECONNRESET", .possible) {
      $0.makeClosedUnix(.stream)
      $0.evidence.hasOwnBrokenPipe = nil
    },
    Row("a call that raises none", "ECONNRESET", .possible) {
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
    Row("records closed behind the message before", "ECONNRESET", .possible) {
      $0.makeClosedUnix(.sequencedPacket)
    },
    Row("records whose error waits still", "EPIPE", .likely) {
      $0.makeClosedUnix(.sequencedPacket)
      $0.evidence.socket?.hasError = true
    },
    Row("a record that is too long, unless it met the error first", "EMSGSIZE", .likely) {
      $0.makeClosedUnix(.sequencedPacket)
      $0.bytes = 300_000
    },
    Row("one that is too long, and an error that waits still", "EMSGSIZE", .certain) {
      $0.makeClosedUnix(.sequencedPacket)
      $0.bytes = 300_000
      $0.evidence.socket?.hasError = true
    },
  ]

  /// Of receivers of datagrams, which a wait for room in their queue finds when it is over.
  private static let receivers: [Row] = [
    Row("a peer that was shut down for receiving", "EPIPE", .likely) {
      $0.waitsInVain()
      $0.evidence.socket?.peerIsShutForReceiving = true
    },
    Row("one that was not", "EAGAIN", .likely) {
      $0.waitsInVain()
      $0.evidence.socket?.peerIsShutForReceiving = false
    },
    Row("a wait for room in the sender's own buffer", "EAGAIN", .likely) {
      $0.waitsInVain()
      $0.evidence.socket?.peerIsShutForReceiving = true
      $0.evidence.socket?.sendMemory = 212_992
    },
    Row("a receiver that was shut down, at its address", "EPIPE", .likely) {
      $0.waitsInVain()
      $0.isConnected = false
      $0.name = SocketAddress(
        family: .unix, form: .unix(.path(Array("/run/log".utf8))), raw: nil)
      var receiver = UnixReceiver()
      receiver.isShutForReceiving = true
      $0.evidence.destination = .unix(receiver)
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

  @Test(arguments: streams + records + receivers + connections)
  func ends(_ row: Row) { row.check() }
}

extension FailedCall {
  fileprivate mutating func makeClosedUnix(_ type: SocketType) {
    makeUnix(type)
    evidence.socket?.isHungUp = true
  }

  /// Of the call that took as long as a message may wait.
  fileprivate mutating func waitsInVain() {
    makeUnix()
    evidence.socket?.sendTimeout = 1000
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
