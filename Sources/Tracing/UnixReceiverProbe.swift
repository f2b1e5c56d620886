import CTracee
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
    // As the tracee sees it: below its root, or its working directory.
    let start = "/proc/\(thread.tid)/" + (path.first == UInt8(ascii: "/") ? "root" : "cwd/")
    var receiver = UnixReceiver()
    let access = PathAccess(thread.tid)
    if access.isBarred(onTheWayTo: path, from: start) {
      receiver.refusal = .accessDenied
      return receiver
    }
    let fd = open(Array(start.utf8) + path)
    guard fd >= 0 else {
      receiver.refusal = Errno(rawValue: errno)
      return receiver
    }
    defer { _ = close(fd) }
    if access.mayNotWrite(to: fd) {
      receiver.refusal = .accessDenied
      return receiver
    }
    let ours = "/proc/self/fd/\(fd)"
    return connect(probe, to: [UInt8(AF_UNIX), 0] + Array(ours.utf8) + [0])
  }

  private static func connect(
    _ probe: borrowing ProbeSocket, to address: [UInt8]
  ) -> UnixReceiver {
    var receiver = UnixReceiver()
    let error = probe.connect(to: address)
    if error == 0 {
      receiver.isFull = probe.isWritable.map { !$0 }
    } else if error != EAGAIN {
      receiver.refusal = Errno(rawValue: error)
    }
    return receiver
  }

  private static func open(_ path: [UInt8]) -> Int32 {
    unsafe (path + [0]).withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress else { return -1 }
      return unsafe Glibc.open(base.assumingMemoryBound(to: CChar.self), O_PATH_FLAG | O_CLOEXEC)
    }
  }

  /// O_PATH, which needs _GNU_SOURCE.
  private static let O_PATH_FLAG: Int32 = 0o10000000
}
