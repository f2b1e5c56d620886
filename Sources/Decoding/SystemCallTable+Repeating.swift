import Records

extension SystemCallTable {
  /// True for calls that can be made again when only PTRACE_INTERRUPT ended them with EINTR.
  ///
  /// Most blocking calls are restarted by the kernel and need no help; these return EINTR to the
  /// program whatever woke them: always, or with a timeout (signal(7)). All of them have done
  /// nothing when they return it. `close` is not among them: it has closed the descriptor.
  package static func canBeRepeated(architecture: UInt32, number: UInt64) -> Bool {
    switch abi(architecture: architecture) {
    case .x86_64: wide.contains(number & ~0x4000_0000)
    case .i386: narrow.contains(number)
    default: false
    }
  }

  /// True for a call of those that has no timeout: it can be made again however often.
  ///
  /// `arguments` are its six.
  package static func waitsForEver(
    architecture: UInt32, number: UInt64, arguments: [UInt64]
  ) -> Bool {
    guard arguments.count == 6, let abi = abi(architecture: architecture) else { return false }
    switch (abi, number) {
    // epoll_wait, epoll_pwait: milliseconds.
    case (.x86_64, 232), (.x86_64, 281), (.i386, 256), (.i386, 319):
      return Int32(truncatingIfNeeded: arguments[3]) < 0
    // epoll_pwait2 and semtimedop: a pointer.
    case (.x86_64, 441), (.i386, 441), (.x86_64, 220), (.i386, 420): return arguments[3] == 0
    case (.x86_64, 128), (.i386, 177), (.i386, 421): return arguments[2] == 0  // rt_sigtimedwait
    // io_getevents, io_pgetevents.
    case (.x86_64, 208), (.x86_64, 333), (.i386, 247): return arguments[4] == 0
    case (.x86_64, 65): return true  // semop
    // ipc's SEMOP, and SEMTIMEDOP, which has a pointer last; the upper half is a version.
    case (.i386, 117):
      let operation = arguments[0] & 0xffff
      return operation == 1 || operation == 4 && arguments[5] == 0
    // io_uring_enter without IORING_ENTER_EXT_ARG.
    case (.x86_64, 426), (.i386, 426): return arguments[3] & 8 == 0
    default: return false
    }
  }

  /// True for msgsnd, msgrcv, semop and semtimedop: what they wait on can be removed under them.
  package static func waitsOnRemovable(architecture: UInt32, number: UInt64) -> Bool {
    switch (abi(architecture: architecture), number & ~0x4000_0000) {
    case (.x86_64, 65), (.x86_64, 69), (.x86_64, 70), (.x86_64, 220): true
    // Not ipc(2), which is these and others.
    case (.i386, 400), (.i386, 401), (.i386, 420): true
    default: false
    }
  }

  /// read, write, readv, writev, connect, accept, sendto, recvfrom, sendmsg, recvmsg, semop,
  /// rt_sigtimedwait, io_getevents, semtimedop, epoll_wait, epoll_pwait, accept4, recvmmsg,
  /// sendmmsg, getrandom, io_pgetevents, io_uring_enter, epoll_pwait2.
  private static let wide: Set<UInt64> = [
    0, 1, 19, 20, 42, 43, 44, 45, 46, 47, 65, 128, 208, 220, 232, 281, 288, 299, 307, 318, 333,
    426, 441,
  ]

  /// read, write, socketcall, ipc, readv, writev, rt_sigtimedwait, io_getevents, epoll_wait,
  /// epoll_pwait, recvmmsg, sendmmsg, getrandom, connect, accept4, sendto, sendmsg, recvfrom,
  /// recvmsg, io_pgetevents, io_pgetevents_time64, recvmmsg_time64, semtimedop_time64,
  /// rt_sigtimedwait_time64, io_uring_enter, epoll_pwait2.
  private static let narrow: Set<UInt64> = [
    3, 4, 102, 117, 145, 146, 177, 247, 256, 319, 337, 345, 355, 362, 364, 369, 370, 371, 372, 385,
    416, 417, 420, 421, 426, 441,
  ]
}
