/// A send by another system call than `sendmmsg`, looked at since it may be what becomes of
/// messages that a `sendmmsg` left unsent.
package struct OtherSend: Sendable {
  package enum Syscall: String, Sendable, CaseIterable {
    case sendmsg, sendto, send, write, writev
  }

  package var syscall: Syscall
  package var pid: Int32
  package var tid: Int32
  package var fd: Int32
  /// CLOCK_MONOTONIC at entry, nanoseconds.
  package var monotonic: UInt64
  /// The same when it returned.
  package var left: UInt64
  package var socket: SocketDescription?
  /// The socket that its descriptor was when a call on it fell short, by inode, where the process
  /// had closed that by then.
  package var closedSocket: UInt64?
  /// Bytes taken, or −1 with its errno.
  package var result: CallResult
  /// True where its control messages are not known, or not how UDP cuts it.
  package var hasUnknowns: Bool
  /// False where it may be a part only of a datagram (MSG_MORE, UDP_CORK), or not be sent at all
  /// (MSG_PROBE).
  package var isWhole: Bool
  /// What it sends, as the message of a batch of one.
  package var message: Message
  /// The first bytes that a stream did not take of it, as far as they were read.
  package var cut: [UInt8]

  package init(
    syscall: Syscall, pid: Int32, tid: Int32, fd: Int32, monotonic: UInt64, left: UInt64? = nil,
    socket: SocketDescription?, result: CallResult, hasUnknowns: Bool = false,
    isWhole: Bool = true, message: Message, cut: [UInt8] = []
  ) {
    self.syscall = syscall
    self.pid = pid
    self.tid = tid
    self.fd = fd
    self.monotonic = monotonic
    self.left = left ?? monotonic
    self.socket = socket
    self.result = result
    self.hasUnknowns = hasUnknowns
    self.isWhole = isWhole
    self.message = message
    self.cut = cut
  }
}
