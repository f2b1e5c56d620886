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
