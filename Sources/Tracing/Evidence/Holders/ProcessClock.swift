// Both have the C library's times, and either may count as their module.
import CTracee
import Glibc

/// CPU time that all threads of a process have had, those of the kernel's that work for it and
/// those that have ended among them (clock_getcpuclockid(3)): what has not run has changed nothing.
///
/// Of a thread that is on a CPU, what came after the last tick is not in it (`update_curr`).
enum ProcessClock {
  /// Nanoseconds; nil where there is no such process.
  static func read(_ pid: Int32) -> UInt64? {
    // CPUCLOCK_SCHED of a process (`MAKE_PROCESS_CPUCLOCK`).
    let clock = clockid_t(bitPattern: ~UInt32(bitPattern: pid) << 3 | 2)
    var time = timespec()
    guard unsafe clock_gettime(clock, &time) == 0 else { return nil }
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }

  /// By then each tick has come that was due, at the 100 Hz of the slowest kernels: nanoseconds.
  static let tick: UInt64 = 11_000_000
}
