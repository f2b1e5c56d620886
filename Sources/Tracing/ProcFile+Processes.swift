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
}
