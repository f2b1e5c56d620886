import Records

/// For how long a call waits that any signal ends with EINTR, whether a handler runs or not.
package enum WaitLimit: Hashable, Sendable {
  case forever
  case milliseconds(UInt64)
  /// A `struct timespec` of the program, with two words of so many bytes.
  case timespec(at: UInt64, wordSize: Int)
  /// SO_RCVTIMEO or SO_SNDTIMEO of a socket; without one the kernel restarts the call.
  case socket(Int32, Direction)
  /// The same, for the descriptor at this address of a 32-bit program.
  case socketcall(at: UInt64, Direction)

  package enum Direction: Hashable, Sendable {
    case receiving
    /// MSG_WAITALL.
    case receivingAll
    case sending
  }

  /// True where the call can have moved a part of its bytes, with which a signal then ends it.
  package var mayBePartial: Bool {
    switch self {
    case .socket(_, let direction), .socketcall(_, let direction): direction != .receiving
    default: false
    }
  }
}

extension SystemCallTable {
  /// How long one of the calls waits that can be made again however often, since they have done
  /// nothing when a signal ends them with EINTR (signal(7)); nil for others, and for those whose
  /// limit is not known.
  ///
  /// `argument` gives one of its six.
  package static func waitLimit(
    architecture: UInt32, number: UInt64, argument: (Int) -> UInt64
  ) -> WaitLimit? {
    switch abi(architecture: architecture) {
    case .x86_64: wideLimit(number, argument)
    case .i386: narrowLimit(number, argument)
    default: nil
    }
  }

  /// The architectures that have such calls: those of x86-64 programs and of i386 ones.
  package static let repeatableArchitectures: [UInt32] = [0xc000_003e, 0x4000_0003]

  /// What such a call returns when its time is over.
  package static func resultOfTimeout(_ limit: WaitLimit, number: UInt64) -> Int64 {
    switch limit {
    case .forever, .milliseconds: 0
    // epoll_pwait2, io_getevents and io_pgetevents.
    case .timespec where [208, 247, 333, 385, 416, 441].contains(number): 0
    case .timespec, .socket, .socketcall: -Int64(Errno.again.rawValue)
    }
  }

  private static func wideLimit(_ number: UInt64, _ argument: (Int) -> UInt64) -> WaitLimit? {
    switch number {
    case 232, 281: milliseconds(argument(3))  // epoll_wait, epoll_pwait
    case 220, 441: timespec(argument(3), 8)  // semtimedop, epoll_pwait2
    case 65: .forever  // semop
    case 128: timespec(argument(2), 8)  // rt_sigtimedwait
    case 208, 333: timespec(argument(4), 8)  // io_getevents, io_pgetevents
    case 426: ring(argument)
    case 45: socket(argument, flags: 3)  // recvfrom
    case 47: socket(argument, flags: 2)  // recvmsg
    // read, readv, accept, accept4.
    case 0, 19, 43, 288: .socket(Int32(truncatingIfNeeded: argument(0)), .receiving)
    // write, writev, sendto, sendmsg.
    case 1, 20, 44, 46: .socket(Int32(truncatingIfNeeded: argument(0)), .sending)
    default: nil
    }
  }

  private static func narrowLimit(_ number: UInt64, _ argument: (Int) -> UInt64) -> WaitLimit? {
    switch number {
    case 256, 319: milliseconds(argument(3))  // epoll_wait, epoll_pwait
    case 420, 441: timespec(argument(3), 8)  // semtimedop_time64, epoll_pwait2
    case 117: interProcess(argument)
    case 177: timespec(argument(2), 4)  // rt_sigtimedwait
    case 421: timespec(argument(2), 8)  // rt_sigtimedwait_time64
    case 247, 385: timespec(argument(4), 4)  // io_getevents, io_pgetevents
    case 416: timespec(argument(4), 8)  // io_pgetevents_time64
    case 426: ring(argument)
    case 102: socketcall(argument)
    case 371: socket(argument, flags: 3)  // recvfrom
    case 372: socket(argument, flags: 2)  // recvmsg
    // read, readv, accept4.
    case 3, 145, 364: .socket(Int32(truncatingIfNeeded: argument(0)), .receiving)
    // write, writev, sendto, sendmsg.
    case 4, 146, 369, 370: .socket(Int32(truncatingIfNeeded: argument(0)), .sending)
    default: nil
    }
  }

  private static func milliseconds(_ value: UInt64) -> WaitLimit {
    let value = Int32(truncatingIfNeeded: value)
    return value < 0 ? .forever : .milliseconds(UInt64(value))
  }

  private static func timespec(_ address: UInt64, _ wordSize: Int) -> WaitLimit {
    address == 0 ? .forever : .timespec(at: address, wordSize: wordSize)
  }

  private static func socket(_ argument: (Int) -> UInt64, flags: Int) -> WaitLimit {
    let waitsForAll = argument(flags) & 0x100 != 0
    return .socket(
      Int32(truncatingIfNeeded: argument(0)), waitsForAll ? .receivingAll : .receiving)
  }

  /// io_uring_enter: with IORING_ENTER_EXT_ARG its limit is anywhere.
  private static func ring(_ argument: (Int) -> UInt64) -> WaitLimit? {
    argument(3) & 8 == 0 ? .forever : nil
  }

  /// ipc's SEMOP, and SEMTIMEDOP, which has a pointer last; the upper half is a version.
  private static func interProcess(_ argument: (Int) -> UInt64) -> WaitLimit? {
    switch argument(0) & 0xffff {
    case 1: .forever
    case 4: timespec(argument(5), 4)
    default: nil
    }
  }

  private static func socketcall(_ argument: (Int) -> UInt64) -> WaitLimit? {
    switch argument(0) {
    // SYS_ACCEPT, SYS_RECV, SYS_RECVFROM, SYS_RECVMSG, SYS_ACCEPT4.
    case 5, 10, 12, 17, 18: .socketcall(at: argument(1), .receiving)
    // SYS_SEND, SYS_SENDTO, SYS_SENDMSG.
    case 9, 11, 16: .socketcall(at: argument(1), .sending)
    default: nil
    }
  }
}
