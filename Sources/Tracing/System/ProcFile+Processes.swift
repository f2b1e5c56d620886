import Glibc

// What is asked of a process that is to be attached to.
extension ProcFile {
  /// PF_KTHREAD in the flags of proc_pid_stat(5).
  static func isKernelThread(_ pid: Int32) -> Bool {
    // pid (comm) state ppid pgrp session tty tpgid flags …; comm may hold anything.
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return false
    }
    let fields = text[end...].split(separator: " ")
    return fields.count > 7 && (UInt32(fields[7]) ?? 0) & 0x0020_0000 != 0
  }

  /// True for a thread that is gone, or a zombie.
  static func hasEnded(_ tid: Int32) -> Bool { ThreadStatus(tid)?.hasEnded ?? true }

  /// The user that a file belongs to.
  static func owner(_ path: String) -> UInt32? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_uid : nil
  }

  /// The threads of a process; empty where it is gone.
  static func threads(ofProcess pid: Int32) -> [Int32] {
    guard let directory = unsafe opendir("/proc/\(pid)/task") else { return [] }
    defer { unsafe closedir(directory) }
    var threads: [Int32] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if let tid = Int32(name) { threads.append(tid) }
    }
    return threads
  }

  /// How many threads a process has, those of the kernel's that work for it among them; nil where it
  /// is gone.
  static func threadCount(ofProcess pid: Int32) -> Int? {
    var status = stat()
    // A link for each thread, and the two of every folder.
    return unsafe stat("/proc/\(pid)/task", &status) == 0 ? Int(status.st_nlink) - 2 : nil
  }

  /// True where a process has surely begun after a time (CLOCK_MONOTONIC).
  static func hasBegun(_ pid: Int32, after time: UInt64) -> Bool {
    // The name, in parentheses, may hold anything; field 22 counts hundredths of a second from the
    // start of the machine, to which a sleep of the machine only adds.
    guard let text = text("/proc/\(pid)/stat"), let end = text.lastIndex(of: ")") else {
      return false
    }
    let fields = text[end...].split(separator: " ")
    guard fields.count > 20, let start = UInt64(fields[20]) else { return false }
    let asleep = Clock.sinceStart() &- Clock.monotonic()
    return start &* 10_000_000 > time &+ asleep
  }
}
