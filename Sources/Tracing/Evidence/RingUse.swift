import Glibc

/// Whether a process may have an io_uring.
///
/// What a thread has left to one can end its wait in a call, without a signal, and is done by that
/// thread then, before its exit stop (`io_req_task_work_add`, `ptrace_notify`). A ring needs no
/// descriptor for that: it may be registered (IORING_REGISTER_RING_FDS), or another process have
/// the last one.
struct RingUse {
  private var isSeen = false
  private var isLookedFor = false

  /// It makes one, or uses one.
  mutating func note() { isSeen = true }

  /// Whether there may be one. Of what came before it was traced there are the descriptors, which
  /// are looked at once, and what is mapped.
  mutating func mayBe(in pid: Int32) -> Bool {
    if !isLookedFor, !isSeen {
      isLookedFor = true
      isSeen = Self.has(pid)
    }
    return isSeen
  }

  private static func has(_ pid: Int32) -> Bool {
    let holding = SocketHolders.holding(of: pid, ringCount: 0, limit: mostDescriptors)
    if holding?.hasRing == true { return true }
    guard let maps = ProcFile.read("/proc/\(pid)/maps", limit: mostMapped) else { return false }
    return maps.split(separator: UInt8(ascii: "\n")).contains { $0.suffix(name.count) == name[...] }
  }

  private static let name = Array("anon_inode:[io_uring]".utf8)
  /// More are not looked at while a program waits.
  private static let mostDescriptors = 1024
  private static let mostMapped = 1 << 22
}
