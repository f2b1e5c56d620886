import Glibc

// What is asked of a process that is to be attached to.
extension ProcFile {
  /// PF_KTHREAD in the flags of proc_pid_stat(5), its ninth field.
  static func isKernelThread(_ pid: Int32) -> Bool {
    statField(9, of: pid).flatMap { UInt32($0) }.map { $0 & 0x0020_0000 != 0 } ?? false
  }

  /// True for a thread that is gone, or a zombie.
  static func hasEnded(_ tid: Int32) -> Bool { ThreadStatus(tid)?.hasEnded ?? true }

  /// True for a process that one of our threads traces.
  static func isTracedByUs(_ pid: Int32) -> Bool {
    guard let tracer = ThreadStatus(pid)?.tracer, tracer > 0 else { return false }
    var status = stat()
    return unsafe stat("/proc/self/task/\(tracer)", &status) == 0
  }

  /// The user that a file belongs to.
  static func owner(_ path: String) -> UInt32? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_uid : nil
  }

  /// The threads of a process; empty where it is gone.
  static func threads(ofProcess pid: Int32) -> [Int32] {
    (Folder.names(in: "/proc/\(pid)/task") ?? []).compactMap { Int32($0) }
  }

  /// How many threads a process has, those of the kernel's that work for it among them; nil where
  /// it is gone.
  static func threadCount(ofProcess pid: Int32) -> Int? {
    var status = stat()
    // A link for each thread, and the two of every folder.
    return unsafe stat("/proc/\(pid)/task", &status) == 0 ? Int(status.st_nlink) - 2 : nil
  }

  /// True where a process has surely begun after a time (CLOCK_MONOTONIC).
  static func hasBegun(_ pid: Int32, after time: UInt64) -> Bool {
    // Field 22 counts hundredths of a second from the start of the machine, to which a sleep of the
    // machine only adds.
    guard let start = startTime(ofProcess: pid) else { return false }
    let asleep = Clock.sinceStart() &- Clock.monotonic()
    return start &* 10_000_000 > time &+ asleep
  }
}
