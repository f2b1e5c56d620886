import Glibc
import Records

/// Looks for the AF_UNIX socket that an address of a tracee leads to.
enum UnixReceiverProbe {
  /// Nil where it cannot be told.
  static func probe(_ address: [UInt8], _ thread: TracedThread) -> UnixReceiver? {
    guard address.family == AF_UNIX, address.count > 2,
      let probe = ProbeSocket(family: AF_UNIX)
    else { return nil }
    if address[2] == 0 { return connect(probe, to: address) }
    let path = Array(address[2...].prefix { $0 != 0 })
    guard let root = TraceeRoot(thread.tid), let place = root.place(of: path) else { return nil }
    let access = PathAccess(thread.tid)
    if access.isBarred(onTheWayTo: place, below: root) {
      return UnixReceiver(refusal: .accessDenied)
    }
    let file: Descriptor
    switch root.open(place.path) {
    case .file(let opened): file = opened
    case .refused(let errno): return UnixReceiver(refusal: errno)
    case .unknown: return nil
    }
    if access.mayNotWrite(to: file) { return UnixReceiver(refusal: .accessDenied) }
    let ours = "/proc/self/fd/\(file.number)"
    return connect(probe, to: [UInt8(AF_UNIX), 0] + Array(ours.utf8) + [0])
  }

  private static func connect(
    _ probe: borrowing ProbeSocket, to address: [UInt8]
  ) -> UnixReceiver {
    var receiver = UnixReceiver()
    let error = probe.connect(to: address)
    if error == 0 {
      receiver.isFull = probe.isWritable.map { !$0 }
      receiver.isShutForReceiving = SocketInspector.inode(probe.number).flatMap {
        SocketDump.peerIsShutForReceiving(ofUnix: $0)
      }
    } else if error != EAGAIN {
      receiver.refusal = Errno(rawValue: error)
    }
    return receiver
  }
}
