import Glibc
import Records

extension AttachRefusal {
  /// Gathers what /proc says of `pid`, after an attempt that failed with `errno`.
  static func examine(_ pid: Int32, errno: Errno?) -> AttachRefusal {
    var refusal = AttachRefusal()
    refusal.errno = errno
    refusal.isOurselves = pid == getpid()
    refusal.ourUser = geteuid()
    let ours = ThreadStatus.ours
    // CAP_SYS_PTRACE
    refusal.hasCapability = (ours?.capabilities ?? 0) >> 19 & 1 == 1 && capabilityReaches(pid)
    refusal.yamaScope = ProcFile.text("/proc/sys/kernel/yama/ptrace_scope").flatMap {
      Int($0.filter(\.isNumber))
    }
    guard let status = ThreadStatus(pid) else {
      refusal.exists = false
      return refusal
    }
    refusal.users = status.userIDs
    refusal.isZombie = status.hasEnded
    if let tracer = status.tracer, tracer > 0 {
      refusal.tracer = ProcFile.process(ofThread: tracer) ?? tracer
      refusal.tracerName = ProcFile.comm(ofThread: tracer)
    }
    refusal.isKernelThread = ProcFile.isKernelThread(pid)
    refusal.isMorePrivileged =
      status.permittedCapabilities & ~(ours?.permittedCapabilities ?? 0) != 0
    refusal.isFiltered = ours?.isFiltered == true
    refusal.modules = SecurityModuleList.refusingTracers
    refusal.isDumpable = ProcFile.owner("/proc/\(pid)/mem") == refusal.users.dropFirst().first
    return refusal
  }

  /// In a user namespace of our own our capabilities end at its border, where the kernel refuses to
  /// show namespaces as well.
  private static func capabilityReaches(_ pid: Int32) -> Bool {
    let ids = ProcFile.text("/proc/self/uid_map")?.split(whereSeparator: \.isWhitespace)
    return ids == ["0", "0", "4294967295"] || ProcFile.link("/proc/\(pid)/ns/user") != nil
  }
}
