// Both have the C library's times, and either may count as their module.
import CTracee
import Glibc

/// The kernel's clocks, in nanoseconds.
package enum Clock {
  /// CLOCK_MONOTONIC.
  package static func monotonic() -> UInt64 { read(CLOCK_MONOTONIC) }

  /// CLOCK_REALTIME.
  package static func realtime() -> UInt64 { read(CLOCK_REALTIME) }

  /// CLOCK_BOOTTIME, which goes on while the machine sleeps.
  package static func sinceStart() -> UInt64 { read(CLOCK_BOOTTIME) }

  /// CLOCK_THREAD_CPUTIME_ID: CPU time of the calling thread.
  static func ownThread() -> UInt64 { read(CLOCK_THREAD_CPUTIME_ID) }

  private static func read(_ clock: clockid_t) -> UInt64 {
    var time = timespec()
    unsafe clock_gettime(clock, &time)
    return UInt64(time.tv_sec) &* 1_000_000_000 &+ UInt64(time.tv_nsec)
  }
}
