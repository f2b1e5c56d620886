import Glibc
import Records

/// Whether the MTU that the kernel has for a way is what a router has told of it, and since when
/// (`ip_rt_update_pmtu`, `rt6_update_expires`): such an MTU is forgotten after a while, which
/// begins anew each time it is told.
enum LearnedMTU {
  /// True where `mtu`, which a way has by what the kernel has answered, was told since `time`
  /// (CLOCK_MONOTONIC); asked in the network namespace of the way.
  static func isTold(
    _ answer: RouteQuery.Answer, _ mtu: UInt32, since time: UInt64, isIPv6: Bool
  ) -> Bool {
    guard answer.expiry > 0, let device = answer.route.deviceMTU, mtu < device else { return false }
    let path = "/proc/sys/net/\(isIPv6 ? "ipv6" : "ipv4")/route/mtu_expires"
    guard let seconds = ProcFile.number(path), seconds < 1 << 24 else { return false }
    let all = UInt64(seconds) * 1_000_000_000
    let left = UInt64(answer.expiry) * 10_000_000
    guard left <= all + tick else { return false }
    return Clock.monotonic() &- (all > left ? all - left : 0) &+ tick >= time
  }

  /// By how much the kernel's count may be off: a hundredth of a second, and a tick of its clock.
  private static let tick: UInt64 = 20_000_000
}
